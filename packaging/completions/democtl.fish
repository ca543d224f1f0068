# fish completion of democtl(1). democtl itself knows what may follow; this only asks it.
function __democtl_complete
    set -l words (commandline -opc) (commandline -ct)
    for line in ($words[1] __complete -- $words[2..-1] 2>/dev/null)
        if test "$line" = (printf '\tFILE')
            __fish_complete_path (commandline -ct)
        else
            echo $line
        end
    end
end
complete -c democtl -f -a '(__democtl_complete)'
