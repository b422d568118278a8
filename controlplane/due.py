"""What one look of the loop found to do, and how it is put into runs."""

from dataclasses import dataclass, field

from controlplane.ports import Anchor, Attachment, Network, NodeSpec, Order, Seen, SwarmView, Volume

NODES_A_RUN = 50


@dataclass
class Due:
    """What one look found to do. ``networks`` and ``attach`` are what nobody's start waits for just now."""

    present: list[NodeSpec] = field(default_factory=list)
    # Slots: nobody waits for them.
    spare: list[NodeSpec] = field(default_factory=list)
    absent: list[Seen] = field(default_factory=list)
    networks: list[Network] = field(default_factory=list)
    anchors: list[Anchor] = field(default_factory=list)
    attach: list[Attachment] = field(default_factory=list)
    detach: list[Attachment] = field(default_factory=list)
    networks_absent: list[str] = field(default_factory=list)
    volumes_absent: list[Volume] = field(default_factory=list)

    def orders(self, view: SwarmView, busy: frozenset[str] = frozenset()) -> list[Order]:
        """What is due together goes into one run, up to a number of nodes: the rest is for a later look. The ways to
        networks go in a run of their own, and so do networks that nobody needs, for they live until the last task on them
        has stopped, and nobody should wait for that. ``busy`` names what another run is about."""
        ids = set(Order(tuple(self.present), tuple(self.absent)).node_ids[:NODES_A_RUN])
        present = tuple(spec for spec in self.present if spec.node_id in ids)
        absent = tuple(seen for seen in self.absent if seen.node_id in ids)
        closing = tuple(item for item in self.detach if item.network not in self.networks_absent)
        networks, attach = needs(present, view)
        ways = tuple(item for item in attach if pair(item) not in busy)
        nodes = Order(present, absent, networks=networks, attach=ways, detach=closing)
        asked = {pair(item) for item in ways}
        others = tuple(item for item in self.attach if pair(item) not in asked)
        made = tuple(each for each in self.networks if each.name not in names(networks))
        opened = Order(networks=made, anchors=tuple(self.anchors), attach=others)
        wanted, ways = needs(tuple(self.spare), view)
        spare = Order(tuple(self.spare), networks=wanted, attach=ways)
        leaving = tuple(item for item in self.detach if item.network in self.networks_absent)
        idle = Order(networks_absent=tuple(self.networks_absent), detach=leaving)
        left = Order(volumes_absent=tuple(self.volumes_absent))
        return [order for order in (nodes, opened, spare, idle, left) if order != Order()]


def needs(present: tuple[NodeSpec, ...], view: SwarmView) -> tuple[tuple[Network, ...], tuple[Attachment, ...]]:
    """What services lack beside themselves: networks, each once, and the anchors and gateways on those of projects. Where
    a project was opened before, that is nothing."""
    networks, ways = dict[str, Network](), dict[str, list[Attachment]]()
    for spec in present:
        if spec.role == "main":
            networks.setdefault(spec.network, Network(spec.network, spec.project_id, spec.internal, True, spec.node_id))
            ways[spec.network] = lacking(view, spec.network, spec.project_id, spec.internal)
        if spec.own_network:
            own = Network(spec.own_network, spec.project_id, spec.own_internal, False, spec.node_id)
            networks.setdefault(spec.own_network, own)
    missing = tuple(network for name, network in networks.items() if name not in view.networks)
    return missing, tuple(item for items in ways.values() for item in items)


def lacking(view: SwarmView, network: str, project_id: str, internal: bool) -> list[Attachment]:
    """The anchors, and then the gateways, that are not on the network."""
    anchors = sorted(each for each, on in view.anchors.items() if network not in on)
    gateways = sorted(each for each, on in view.on.items() if network not in on)
    return [Attachment(each, network, project_id, internal, True) for each in anchors] + [
        Attachment(each, network, project_id, internal) for each in gateways
    ]


def names(networks: tuple[Network, ...]) -> set[str]:
    """What they are called."""
    return {network.name for network in networks}


def pair(item: Attachment) -> str:
    """A gateway and a network, as one word for what is under way."""
    return f"{item.gateway} on {item.network}"


def making(network: str) -> str:
    """The word for a network that is being made."""
    return f"making {network}"
