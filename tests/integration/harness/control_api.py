"""The control API from Python: messages generated from proto/, calls by the services' own descriptors."""

import importlib
import os
import subprocess
import sys
import tempfile
from pathlib import Path

import grpc
from google.protobuf import symbol_database

SOURCE = Path(os.environ.get("DEMO_SOURCE_DIR", Path(__file__).resolve().parents[3]))
PACKAGE = "demo/control/v1"


def _generate():
    folder = tempfile.mkdtemp(prefix="demo-proto-")
    protos = sorted((SOURCE / "proto" / PACKAGE).glob("*.proto"))
    subprocess.run(
        [
            "protoc",
            f"--proto_path={SOURCE / 'proto'}",
            f"--python_out={folder}",
            *(f"{PACKAGE}/{proto.name}" for proto in protos),
        ],
        check=True,
        cwd=SOURCE / "proto",
    )
    sys.path.insert(0, folder)
    try:
        return {proto.stem: importlib.import_module(f"demo.control.v1.{proto.stem}_pb2") for proto in protos}
    finally:
        sys.path.remove(folder)
        subprocess.run(["rm", "-rf", folder], check=True)


_modules = _generate()
_symbols = symbol_database.Default()


def message(name):
    """The class of a message of the API, such as message("Listener")."""
    return _symbols.GetSymbol(f"demo.control.v1.{name}")


def enum(name):
    """The wrapper of an enum of the API: enum("WorkerState").Name(2)."""
    for module in _modules.values():
        if name in module.DESCRIPTOR.enum_types_by_name:
            return getattr(module, name)
    raise AssertionError(f"no enum {name}")


class Service:
    """Calls of one service over a channel: service.AddListener(listener={...}) or with a built request."""

    def __init__(self, channel, module, name, timeout=30.0):
        self._methods = {}
        for method in _modules[module].DESCRIPTOR.services_by_name[name].methods:
            request = _symbols.GetPrototype(method.input_type)
            answer = _symbols.GetPrototype(method.output_type)
            path = f"/{_modules[module].DESCRIPTOR.package}.{name}/{method.name}"
            make = channel.unary_stream if method.name.startswith("Watch") else channel.unary_unary
            call = make(
                path, request_serializer=request.SerializeToString, response_deserializer=answer.FromString
            )
            self._methods[method.name] = (call, request)
        self._timeout = timeout

    def __getattr__(self, name):
        try:
            call, request = self._methods[name]
        except KeyError:
            raise AttributeError(name) from None

        def invoke(message_=None, *, timeout=self._timeout, **fields):
            return call(message_ if message_ is not None else request(**fields), timeout=timeout)

        return invoke


class ControlApi:
    """Both services of a daemon's control socket (or Monitor alone on its monitor socket)."""

    def __init__(self, socket_path):
        self.channel = grpc.insecure_channel(f"unix://{socket_path}", options=[("grpc.enable_http_proxy", 0)])
        self.control = Service(self.channel, "control", "Control")
        self.monitor = Service(self.channel, "monitor", "Monitor")

    def close(self):
        self.channel.close()
