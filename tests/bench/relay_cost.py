#!/usr/bin/env python3
"""CPU cost of relaying: tcp mode by request, 1 MiB bodies by byte, beside HAProxy and nginx in one run.

    relay_cost.py --server BUILD/daemon/demo-server [--rounds N] [--seconds S] [--workloads W,...]

Workloads: tcp-requests (small responses over kept connections, layer 4), tcp-1m and http-1m (bodies of 1 MiB
through a layer 4 and a layer 7 relay), http-chunked-1m (the same in chunks; only when asked for). Every
contender runs on core 0; the load and the backend (demo-server in server mode) on core 1. Contenders take
turns within a round. The figure is CPU time of the contender's process tree (schedstat, kernel work included)
per request, or per MiB; quote its ratios, never the figure. Needs wrk, and haproxy and nginx to compare with;
what is missing is left out.
"""
import argparse
import os
import re
import shutil
import socket
import statistics
import subprocess
import sys
import tempfile
import time

RELAY_CORE, LOAD_CORE, BACKEND_PORT = "0", "1", 18399

HAPROXY = """global
  nbthread 1
  maxconn 4096
defaults
  mode {mode}
  option splice-auto
  timeout client 60s
  timeout server 60s
  timeout connect 5s
frontend relay
  bind 127.0.0.1:{port}
  default_backend pool
backend pool
  server s1 127.0.0.1:{backend}
"""
NGINX = """daemon off; worker_processes 1; pid {dir}/nginx.pid; error_log /dev/null;
events {{ worker_connections 4096; }}
http {{ access_log off; keepalive_requests 100000000; client_body_temp_path {dir}; proxy_temp_path {dir};
  fastcgi_temp_path {dir}; uwsgi_temp_path {dir}; scgi_temp_path {dir};
  upstream backend {{ server 127.0.0.1:{backend}; keepalive 128; keepalive_requests 100000000; }}
  server {{ listen 127.0.0.1:{port} backlog=4096 reuseport;
    location / {{
      proxy_pass http://backend; proxy_http_version 1.1; proxy_set_header Connection ""; {extra} }} }} }}
"""
OURS = """[client_keepalive]
enabled = true
[[listener]]
address = "127.0.0.1:{port}"
mode = "{mode}"
[[pool]]
name = "default"
[[pool.backend]]
address = "127.0.0.1:{backend}"
"""


def cpu_ns(pid):
    total, todo = 0, [pid]
    while todo:
        one = todo.pop()
        try:
            for task in os.listdir(f"/proc/{one}/task"):
                total += int(open(f"/proc/{one}/task/{task}/schedstat").read().split()[0])
                todo += [int(c) for c in open(f"/proc/{one}/task/{task}/children").read().split()]
        except (FileNotFoundError, ProcessLookupError):
            pass
    return total


def start(core, command, port, log):
    process = subprocess.Popen(["taskset", "-c", core] + command, stdout=log, stderr=log)
    deadline = time.monotonic() + 10
    while time.monotonic() < deadline:
        if process.poll() is not None:
            said = open(log.name).read()[-500:]
            raise RuntimeError(f"{command[0]} exited with {process.returncode}: {said}")
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return process
        time.sleep(0.05)
    raise RuntimeError(f"{command[0]} did not listen within 10 s")


def stop(process):
    process.terminate()
    try:
        process.wait(5)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


def write(folder, name, text):
    path = os.path.join(folder, name)
    with open(path, "w") as file:
        file.write(text)
    return path


def contenders(workload, server, folder):
    """(name, command, port) of each."""
    mode = "http" if workload.startswith("http") else "tcp"
    port = 18400
    ours = OURS.format(port=port, backend=BACKEND_PORT, mode="proxy" if mode == "http" else "tcp")
    yield "demo-server", [server, "-w", "1", "-c", RELAY_CORE, "--config", write(folder, "ours.toml", ours),
                          "--control", f"unix://{folder}/relay/control.sock"], port
    if shutil.which("haproxy"):
        port += 1
        text = HAPROXY.format(mode=mode, port=port, backend=BACKEND_PORT)
        yield f"haproxy mode {mode}", ["haproxy", "-db", "-f", write(folder, "haproxy.cfg", text)], port
    if shutil.which("nginx") and mode == "http":
        for name, extra in (("nginx", ""), ("nginx unbuffered", "proxy_buffering off;")):
            port += 1
            text = NGINX.format(port=port, backend=BACKEND_PORT, dir=folder, extra=extra)
            yield name, ["nginx", "-c", write(folder, f"nginx{port}.conf", text)], port


def load(port, seconds, connections, path):
    command = ["taskset", "-c", LOAD_CORE, "wrk", "-t1", f"-c{connections}", f"-d{seconds}s",
               f"http://127.0.0.1:{port}{path}"]
    out = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    bad = re.findall(r"Non-2xx.*|Socket errors.*", out)
    return int(re.search(r"(\d+) requests in", out).group(1)), bad


def measure(workload, args, folder, log):
    large = workload.endswith("1m")
    connections = 16 if large else 64
    path = "/?chunked=1" if "chunked" in workload else "/"
    body = 'body_size = "1m"' if large else 'body = "OK\\n"'
    config = ('[client_keepalive]\nenabled = true\n'
              f'[[listener]]\naddress = "127.0.0.1:{BACKEND_PORT}"\nmode = "server"\n[response]\n{body}\n')
    backend = start(LOAD_CORE, [args.server, "-w", "1", "-c", LOAD_CORE, "--config",
                                write(folder, "backend.toml", config), "--control",
                                f"unix://{folder}/backend/control.sock"], BACKEND_PORT, log)
    rows, failed = {}, False
    try:
        for _ in range(args.rounds):
            for name, command, port in contenders(workload, args.server, folder):
                process = start(RELAY_CORE, command, port, log)
                try:
                    load(port, 1, connections, path)
                    before = cpu_ns(process.pid)
                    requests, bad = load(port, args.seconds, connections, path)
                    failed |= bool(bad) or requests == 0
                    rows.setdefault(name, []).append((cpu_ns(process.pid) - before) / 1000 / max(requests, 1))
                finally:
                    stop(process)
    finally:
        stop(backend)
    ours = statistics.median(rows["demo-server"])
    print(f"\n{workload:20s} {'us CPU per ' + ('MiB' if large else 'request'):>20s} {'x demo-server':>14s}")
    for name, values in sorted(rows.items(), key=lambda row: statistics.median(row[1])):
        median = statistics.median(values)
        print(f"  {name:18s} {median:20.3f} {median / ours:14.2f}", flush=True)
    return failed


def main():
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--server", required=True)
    parser.add_argument("--workloads", default="tcp-requests,tcp-1m,http-1m")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--seconds", type=int, default=3)
    args = parser.parse_args()
    failed = False
    with (tempfile.TemporaryDirectory(prefix="relay-cost-") as folder,
          open(os.path.join(folder, "log"), "w") as log):
        os.chmod(folder, 0o755)
        for name in ("relay", "backend"):
            os.mkdir(os.path.join(folder, name))
        for workload in args.workloads.split(","):
            failed |= measure(workload, args, folder, log)
    sys.exit(1 if failed else 0)


if __name__ == "__main__":
    main()
