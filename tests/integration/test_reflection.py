"""The API from a language that has none of this project's files: everything is learnt over reflection."""

import importlib
import subprocess
import sys

import grpc
import pytest
from google.protobuf import descriptor_pb2, descriptor_pool, message_factory

PROTO_FOLDER = "/usr/share/grpc-proto"
REFLECTION = "grpc/reflection/v1alpha/reflection.proto"


@pytest.fixture(scope="module")
def reflection(tmp_path_factory):
    """The messages of the reflection service itself."""
    folder = tmp_path_factory.mktemp("reflection")
    subprocess.run(
        ["protoc", f"--proto_path={PROTO_FOLDER}", f"--python_out={folder}", REFLECTION], check=True
    )
    sys.path.insert(0, str(folder))
    # The name "grpc" is taken by the package that makes the calls.
    source = folder / "grpc/reflection/v1alpha/reflection_pb2.py"
    (folder / "reflection_pb2.py").write_text(source.read_text())
    try:
        return importlib.import_module("reflection_pb2")
    finally:
        sys.path.remove(str(folder))


class ReflectedApi:
    """Calls by method path, with message classes made from what the server describes."""

    def __init__(self, channel, reflection):
        self._channel = channel
        self._messages = reflection
        self._pool = descriptor_pool.DescriptorPool()
        self._known = set()
        self._ask = channel.stream_stream(
            "/grpc.reflection.v1alpha.ServerReflection/ServerReflectionInfo",
            request_serializer=reflection.ServerReflectionRequest.SerializeToString,
            response_deserializer=reflection.ServerReflectionResponse.FromString,
        )

    def _answer(self, **fields):
        return next(iter(self._ask(iter([self._messages.ServerReflectionRequest(**fields)]), timeout=20)))

    def services(self):
        return {service.name for service in self._answer(list_services="*").list_services_response.service}

    def _learn(self, **fields):
        files = [
            descriptor_pb2.FileDescriptorProto.FromString(data)
            for data in self._answer(**fields).file_descriptor_response.file_descriptor_proto
        ]
        assert files, fields
        for file in files:
            if file.name in self._known:
                continue
            self._known.add(file.name)
            for dependency in file.dependency:
                if dependency not in self._known:
                    self._learn(file_by_filename=dependency)
            self._pool.Add(file)

    def method(self, service, name):
        self._learn(file_containing_symbol=service)
        method = self._pool.FindServiceByName(service).FindMethodByName(name)
        factory = message_factory.MessageFactory(self._pool)
        request = factory.GetPrototype(method.input_type)
        answer = factory.GetPrototype(method.output_type)
        return request, answer, f"/{service}/{name}"

    def call(self, service, name, **fields):
        request, answer, path = self.method(service, name)
        return self._channel.unary_unary(
            path, request_serializer=request.SerializeToString, response_deserializer=answer.FromString
        )(request(**fields), timeout=20)

    def stream(self, service, name, **fields):
        request, answer, path = self.method(service, name)
        return self._channel.unary_stream(
            path, request_serializer=request.SerializeToString, response_deserializer=answer.FromString
        )(request(**fields), timeout=60)


@pytest.fixture
def api(start_daemon, reflection):
    daemon = start_daemon()
    with grpc.insecure_channel(f"unix://{daemon.control_path}") as channel:
        yield ReflectedApi(channel, reflection)


def test_services_are_listed(api):
    assert {"demo.control.v1.Control", "demo.control.v1.Monitor", "grpc.health.v1.Health"} <= api.services()


def test_a_change_and_a_stream_work_with_learnt_messages(api):
    before = api.call("demo.control.v1.Monitor", "GetStatus")
    result = api.call("demo.control.v1.Control", "AddBackend", backend={"endpoint": "127.0.0.1:9"}).result
    assert result.generation > before.generation
    assert api.call("demo.control.v1.Monitor", "GetStatus").backends == 1
    stream = api.stream("demo.control.v1.Monitor", "WatchStats", interval={"nanos": 100_000_000})
    samples = [next(stream).sample for _ in range(3)]
    assert samples[0].complete and samples[0].workers
    assert samples[2].monotonic_ns > samples[0].monotonic_ns
    stream.cancel()
