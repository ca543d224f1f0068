#pragma once

#include <array>
#include <memory>

#include "verb/command.h"

// One function a verb, each in the file of its name. A new verb is declared and listed here.
namespace demo::ctl {

std::unique_ptr<Command> add_listener();
std::unique_ptr<Command> remove_listener();
std::unique_ptr<Command> set_listener();
std::unique_ptr<Command> listeners();
std::unique_ptr<Command> add_backend();
std::unique_ptr<Command> remove_backend();
std::unique_ptr<Command> set_backend();
std::unique_ptr<Command> backends();
std::unique_ptr<Command> add_pool();
std::unique_ptr<Command> remove_pool();
std::unique_ptr<Command> set_pool();
std::unique_ptr<Command> pools();
std::unique_ptr<Command> keepalive();
std::unique_ptr<Command> accept_mode();
std::unique_ptr<Command> set_response();
std::unique_ptr<Command> set_forwarding();
std::unique_ptr<Command> set_client_limits();
std::unique_ptr<Command> set_workers();
std::unique_ptr<Command> restart_worker();
std::unique_ptr<Command> upgrade();
std::unique_ptr<Command> workers();
std::unique_ptr<Command> status();
std::unique_ptr<Command> stats();
std::unique_ptr<Command> events();
std::unique_ptr<Command> top();
std::unique_ptr<Command> config_show();
std::unique_ptr<Command> config_diff();
std::unique_ptr<Command> config_save();
std::unique_ptr<Command> config_apply();
std::unique_ptr<Command> config_apply_file();
std::unique_ptr<Command> config_reset();
std::unique_ptr<Command> config_export_commands();
std::unique_ptr<Command> debug();
std::unique_ptr<Command> whoami();
std::unique_ptr<Command> version();
std::unique_ptr<Command> completion();
std::unique_ptr<Command> help();

// Hidden: for the completion scripts and for the build.
std::unique_ptr<Command> complete();
std::unique_ptr<Command> man();

// In the order of the help.
inline constexpr std::array kVerbs{
    add_listener,
    remove_listener,
    set_listener,
    listeners,
    add_backend,
    remove_backend,
    set_backend,
    backends,
    add_pool,
    remove_pool,
    set_pool,
    pools,
    keepalive,
    accept_mode,
    set_response,
    set_forwarding,
    set_client_limits,
    set_workers,
    restart_worker,
    upgrade,
    workers,
    debug,
    status,
    stats,
    events,
    top,
    config_show,
    config_diff,
    config_save,
    config_apply,
    config_apply_file,
    config_reset,
    config_export_commands,
    whoami,
    version,
    completion,
    help,
    complete,
    man,
};

}  // namespace demo::ctl
