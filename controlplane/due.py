"""What one look of the loop found to do, and how it is put into runs."""

from dataclasses import dataclass, field

from controlplane.ports import Attachment, NodeSpec, Order, Seen

NODES_A_RUN = 50


@dataclass
class Due:
    """What one look found to do."""

    present: list[NodeSpec] = field(default_factory=list)
    absent: list[Seen] = field(default_factory=list)
    attach: list[Attachment] = field(default_factory=list)
    detach: list[Attachment] = field(default_factory=list)
    networks_absent: list[str] = field(default_factory=list)

    def orders(self, gateways: tuple[str, ...]) -> list[Order]:
        """What is due together goes into one run, up to a number of nodes: the rest is for a later look. Networks go in a
        run of their own, for they live until the last task on them has stopped, and nobody should wait for that."""
        ids = set(Order(tuple(self.present), tuple(self.absent)).node_ids[:NODES_A_RUN])
        present = tuple(spec for spec in self.present if spec.node_id in ids)
        absent = tuple(seen for seen in self.absent if seen.node_id in ids)
        nodes = Order(present, absent, gateways=gateways, attach=tuple(self.attach), detach=tuple(self.detach))
        networks = Order(networks_absent=tuple(self.networks_absent))
        return [order for order in (nodes, networks) if order != Order(gateways=order.gateways)]


def pair(item: Attachment) -> str:
    """A gateway and a network, as one word for what is under way."""
    return f"{item.gateway} on {item.network}"
