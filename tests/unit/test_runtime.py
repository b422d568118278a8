"""What an image's settings ask for is obeyed or refused; nothing is silently dropped."""

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from controlplane.compose import COMPOSE, DEPENDENCIES, ENTRY, members_of
from controlplane.errors import LabelError
from controlplane.runtime import BOOT, PATHS, SETTINGS, runtime_of

KEY = "simcore/services/dynamic/echo"
PORT = {"name": "ports", "type": "int", "value": 8888}


def labels(*items: dict) -> dict[str, str]:
    """Labels with these settings beside the port."""
    return {SETTINGS: json.dumps([PORT, *items])}


def spec(**value: object) -> dict:
    """The setting ContainerSpec."""
    return {"name": "ContainerSpec", "type": "ContainerSpec", "value": value}


def mount(**value: object) -> dict:
    """The setting mount."""
    return {"name": "mount", "type": "object", "value": [value]}


def compose(**services: dict) -> dict[str, str]:
    """A compose spec whose service `page` has the page."""
    return {COMPOSE: json.dumps({"version": "3.7", "services": services}), ENTRY: "page"}


def service(name: str = "echo", **more: object) -> dict:
    """A service of a compose spec."""
    return {"image": f"${{SIMCORE_REGISTRY}}/simcore/services/dynamic/{name}:${{SERVICE_VERSION}}"} | more


def test_settings_are_obeyed() -> None:
    runtime = runtime_of(
        labels(
            {"name": "env", "type": "string", "value": ["A=1", "NODE=%service_uuid%"]},
            {"name": "constraints", "type": "string", "value": ["node.role==manager"]},
            {"name": "Resources", "type": "Resources", "value": {"Limits": {"NanoCPUs": 5e8, "MemoryBytes": 1024}}},
        )
        | {BOOT: '[{"name": "entry_point", "type": "string", "value": "lab"}]'},
        "the-node",
    )
    assert runtime.env == {"A": "1", "NODE": "the-node"}
    assert runtime.constraints == ("node.role==manager",)
    assert (runtime.cpus, runtime.memory_bytes, runtime.entry_point, runtime.port) == (0.5, 1024, "lab", 8888)


def test_a_container_spec_is_obeyed_in_the_roles_words() -> None:
    asked = spec(
        Command=["/run"], Args=["-v"], User="1000", Dir="/home", Env=["B=2"], Hostname="h", TTY=True, StopGracePeriod=3e9
    )
    runtime = runtime_of(labels({"name": "env", "value": {"A": 1}}, asked), "x")
    assert runtime.env == {"A": "1", "B": "2"}
    assert runtime.container == {
        "command": ["/run"],
        "args": ["-v"],
        "user": "1000",
        "working_dir": "/home",
        "hostname": "h",
        "tty": True,
        "stop_grace_period": "3s",
    }


def test_volumes_and_file_systems_in_memory_are_mounted() -> None:
    memory = {"Type": "tmpfs", "Target": "/scratch/", "TmpfsOptions": {"SizeBytes": 1024}}
    volume = {"Type": "volume", "Source": "data_%service_uuid%", "Target": "/data", "ReadOnly": True}
    runtime = runtime_of(labels({"name": "mount", "value": [memory, volume]}), "the-node")
    assert runtime.mounts == (
        {"type": "tmpfs", "target": "/scratch", "tmpfs_size": "1024"},
        {"type": "volume", "source": "data_the-node", "target": "/data", "readonly": True},
    )


@pytest.mark.parametrize(
    "item",
    [
        mount(Type="bind", Source="/", Target="/host"),
        mount(ReadOnly=True, Source="/var/run/docker.sock", Target="/x"),
        mount(Type="volume", Source="/var/run/docker.sock", Target="/x"),
        spec(Mounts=[{"Type": "bind", "Source": "/etc", "Target": "/x"}]),
        spec(Privileges={"x": 1}),
        spec(Privileged=True),
        spec(CapabilityAdd=["SYS_ADMIN"]),
        spec(Sysctls={"net.ipv4.ip_forward": "1"}),
        spec(Secrets=[{"SecretName": "database_password"}]),
        {"name": "Networks", "type": "Networks", "value": [{"Target": "host"}]},
    ],
)
def test_what_breaks_out_of_the_container_is_refused(item: dict) -> None:
    with pytest.raises(LabelError, match="refuses"):
        runtime_of(labels(item), "the-node")


@pytest.mark.parametrize(
    ("item", "complaint"),
    [
        ({"name": "Resources", "value": {"Limits": {"NanoCPUs": "2"}}}, "NanoCPUs .* must be a number above 0"),
        ({"name": "Resources", "value": {"Limits": {"MemoryBytes": -1}}}, "MemoryBytes .* must be a number above 0"),
        ({"name": "Resources", "value": {"Limits": {"Pids": 5}}}, "'Pids', which is not obeyed"),
        ({"name": "Resources", "value": "much"}, "Resources must be an object"),
        ({"name": "constraints", "value": {"node.role": "manager"}}, "constraints must be a list of texts"),
        ({"name": "env", "value": ["=x"]}, "NAME=value"),
        ({"name": "env", "value": 5}, "env must be a list"),
        ({"name": "mount", "value": {"Type": "volume"}}, "mount must be a list"),
        (mount(Type="volume", Target="/x"), "Source .* must be a text"),
        (mount(Type="volume", Source="a", Target="x"), "absolute path"),
        (mount(Type="volume", Source="a", Target="/x/../y"), "absolute path"),
        (mount(Type="npipe", Source="a", Target="/x"), "volume or tmpfs"),
        (spec(Ulimit=5), "'Ulimit', which is not obeyed"),
        (spec(TTY="yes"), "TTY .* must be true or false"),
        (spec(Command="echo 'half"), "in the shell's words"),
        (spec(StopGracePeriod=9e11), "at most 60 s"),
        ({"name": "gpu", "value": 1}, "'gpu', which is not obeyed"),
        ({"name": "ports", "value": [8888, 9999]}, "one port"),
        ({"name": "ports", "value": 70000}, "a port from 1 to 65535"),
        ({"name": "ports", "value": True}, "a port from 1 to 65535"),
    ],
)
def test_a_value_that_cannot_be_obeyed_is_named(item: dict, complaint: str) -> None:
    with pytest.raises(LabelError, match=complaint):
        runtime_of(labels(item), "x")


@pytest.mark.parametrize(
    "value", [8888, "8888/tcp", [{"TargetPort": 8888, "PublishedPort": 8889}], {"Ports": [{"TargetPort": 8888}]}]
)
def test_a_port_is_understood_in_each_generations_form(value: object) -> None:
    assert runtime_of({SETTINGS: json.dumps([{"name": "ports", "type": "int", "value": value}])}, "x").port == 8888


def test_an_image_without_a_port_cannot_run_by_itself() -> None:
    with pytest.raises(LabelError, match="no port"):
        runtime_of({}, "x")
    assert runtime_of({}, "x", needs_port=False).port is None


def test_a_service_of_one_image_is_that_image() -> None:
    [member] = members_of({}, KEY, "1.0.0")
    assert (member.alias, member.key, member.tag, member.is_main, member.after) == ("echo", KEY, "1.0.0", True, ())


def test_dependencies_come_before_the_main_one_and_have_names_of_their_own() -> None:
    wanted = [{"key": f"simcore/services/dynamic/{name}/store", "tag": "2.0.0"} for name in "ab"]
    members = members_of({DEPENDENCIES: json.dumps(wanted)}, KEY, "1.0.0")
    assert [(member.alias, member.is_main) for member in members] == [("store", False), ("store-2", False), ("echo", True)]
    assert members[-1].after == ("store", "store-2")


def test_a_compose_spec_says_what_runs_in_which_order_and_how() -> None:
    store = service("store", command="serve --on 5432", environment={"ON": True, "SELF": "%%container_name.store%%"})
    page = service(depends_on=["store"], environment=["PRICE=5$$"], stop_grace_period="1m", volumes=["data:/data:ro"])
    page |= {"tmpfs": "/tmp", "deploy": {"resources": {"limits": {"cpus": "0.5", "memory": "64M"}}}}
    first, second = members_of(compose(page=page, store=store), KEY, "1.2.3")
    assert (first.alias, first.key, first.tag, first.is_main) == ("store", "simcore/services/dynamic/store", "1.2.3", False)
    assert (second.alias, second.key, second.is_main, second.after) == ("page", KEY, True, ("store",))
    runtime = first.applied_to(runtime_of({}, "x", needs_port=False))
    assert (runtime.env, runtime.container) == ({"ON": "true", "SELF": "store"}, {"args": ["serve", "--on", "5432"]})
    runtime = second.applied_to(runtime_of(labels({"name": "env", "value": ["A=1"]}), "x"))
    assert (runtime.env, runtime.cpus, runtime.memory_bytes) == ({"A": "1", "PRICE": "5$"}, 0.5, 64 * 2**20)
    assert runtime.container == {"stop_grace_period": "60s"}
    assert [(m["type"], m["target"], m.get("readonly", False)) for m in runtime.mounts] == [
        ("volume", "/data", True),
        ("tmpfs", "/tmp", False),
    ]


@pytest.mark.parametrize("registry", ["${SIMCORE_REGISTRY}/", "127.0.0.1:9082/", ""])
def test_an_image_of_our_registry_is_understood_with_and_without_its_address(registry: str) -> None:
    page = {"image": f"{registry}simcore/services/dynamic/other:3"}
    [member] = members_of(compose(page=page), KEY, "1.0.0", "127.0.0.1:9082")
    assert (member.key, member.tag) == ("simcore/services/dynamic/other", "3")


@pytest.mark.parametrize(
    ("services", "complaint"),
    [
        ({"page": {"image": "postgres:17"}}, "an image of this registry"),
        ({"page": {"image": "evil.example/simcore/services/dynamic/x:1"}}, "an image of this registry"),
        ({"page": {"image": "${SIMCORE_REGISTRY}/simcore/services/dynamic/x"}}, "with its tag"),
        ({"page": {}}, "image of the service"),
        ({"page": service(privileged=True)}, "refuses"),
        ({"page": service(network_mode="host")}, "refuses"),
        ({"page": service(pid="host")}, "refuses"),
        ({"page": service(devices=["/dev/kvm"])}, "refuses"),
        ({"page": service(cap_add=["ALL"])}, "refuses"),
        ({"page": service(ports=["80:80"])}, "refuses"),
        ({"page": service(volumes=["/var/run/docker.sock:/var/run/docker.sock"])}, "refuses"),
        ({"page": service(volumes=["./here:/there"])}, "refuses"),
        ({"page": service(shm_size="1g")}, "not obeyed"),
        ({"page": service(environment={"X": "${HOME}"})}, r"asks for \$\{HOME\} in environment"),
        ({"page": service(command="echo $HOME")}, "asks for"),
        ({"page": service(depends_on=["ghost"])}, "depends on 'ghost'"),
        ({"page": service(depends_on={"x": {"condition": "service_healthy"}}), "x": service()}, "service_started"),
        ({"page": service(depends_on=["x"]), "x": service(depends_on=["page"])}, "in a circle"),
        ({"other": service(), "x": service()}, "must name the service"),
        ({f"s{n}": service() for n in range(21)} | {"page": service()}, "at most 20"),
        ({}, "must name the service"),
    ],
)
def test_what_a_compose_spec_asks_beyond_the_subset_is_refused_with_its_name(services: dict, complaint: str) -> None:
    with pytest.raises(LabelError, match=f"(?i){complaint}"):
        members_of(compose(**services), KEY, "1.0.0")


@pytest.mark.parametrize("item", ["store:1", {"key": "postgres", "tag": "1"}, {"key": KEY}, {"key": KEY, "tag": "1", "x": 1}])
def test_a_dependency_that_is_none_is_named(item: object) -> None:
    with pytest.raises(LabelError, match="dependencies"):
        members_of({DEPENDENCIES: json.dumps([item])}, KEY, "1.0.0")


# Values that are nearly right, and such that nobody foresaw.
_WORDS = ["Type", "type", "volume", "tmpfs", "bind", "Source", "Target", "/data", "8888/tcp", "A=1", "NanoCPUs", "Limits"]
_WORDS += ["MemoryBytes", "Reservations", "ports", "TargetPort", "Ports", "512M", "10s", "a", "Command", "Mounts", "Env", "image"]
_WORDS += [
    "command",
    "depends_on",
    "volumes",
    "deploy",
    "resources",
    "cpus",
    "memory",
    "services",
    "page",
    "environment",
    "tmpfs",
]
_WORDS += ["${SIMCORE_REGISTRY}/simcore/services/dynamic/x:1", "StopGracePeriod", "TTY", "state_paths", "SizeBytes", "key", "tag"]
_TEXTS = st.sampled_from(_WORDS) | st.text(max_size=8)
_LEAVES = st.none() | st.booleans() | st.integers() | st.floats() | _TEXTS
_JSON = st.recursive(
    _LEAVES, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(_TEXTS, inner, max_size=4), max_leaves=12
)
_NAMES = st.sampled_from(["ports", "env", "mount", "constraints", "Resources", "ContainerSpec", "entry_point"]) | _TEXTS
_ITEMS = st.lists(st.fixed_dictionaries({"name": _NAMES, "type": _TEXTS, "value": _JSON}), max_size=4)


@settings(max_examples=400, deadline=None)
@given(
    st.dictionaries(
        st.sampled_from([SETTINGS, BOOT, PATHS, COMPOSE, DEPENDENCIES]),
        _ITEMS.map(json.dumps) | _JSON.map(json.dumps) | st.text(max_size=20),
    )
)
def test_labels_are_obeyed_or_refused_and_nothing_else_happens(given_labels: dict[str, str]) -> None:
    for read in (lambda: runtime_of(given_labels, "x"), lambda: members_of(given_labels | {ENTRY: "page"}, KEY, "1.0.0")):
        try:
            read()
        except LabelError as error:
            assert str(error)


@settings(max_examples=200, deadline=None)
@given(st.dictionaries(_TEXTS, _JSON, max_size=5), st.dictionaries(_TEXTS, _JSON, max_size=5))
def test_a_compose_spec_is_obeyed_or_refused_and_nothing_else_happens(page: dict, other: dict) -> None:
    try:
        for member in members_of(compose(page=service() | page, other=service() | other), KEY, "1.0.0"):
            member.applied_to(runtime_of({}, "x", needs_port=False))
    except LabelError as error:
        assert str(error)


def test_labels_nested_without_end_are_refused() -> None:
    with pytest.raises(LabelError, match="deep"):
        runtime_of({SETTINGS: "[" * 5000 + "]" * 5000}, "x")
