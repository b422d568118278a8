"""Hosts with images in memory, and what playbooks/images_ahead.yml does there."""

from dataclasses import dataclass, field
from typing import Any

from controlplane.ahead.plan import HostTraits
from controlplane.errors import SwarmUnreadable
from controlplane.ports import Outcome


@dataclass
class FakeHostImages:
    """The director is on ``own``, and can look into nobody else's engine; a test sees all of them in ``has``."""

    machines: list[HostTraits] = field(default_factory=lambda: [HostTraits("h1", "host-1", "manager")])
    own: str = "h1"
    has: dict[str, set[str]] = field(default_factory=dict)
    # Services that pull, left by a director that was killed.
    left: set[str] = field(default_factory=set)
    # What is wrong with a host: it pulls nothing, and says so.
    wrong: dict[str, str] = field(default_factory=dict)
    is_away: bool = False
    # Every pull, as host and image.
    pulls: list[tuple[str, str]] = field(default_factory=list)

    def hosts(self) -> tuple[HostTraits, ...]:
        """See ``ahead.HostImages.hosts``."""
        self._answer()
        return tuple(self.machines)

    def here(self, images: set[str]) -> tuple[str, frozenset[str]]:
        """See ``ahead.HostImages.here``."""
        self._answer()
        return self.own, frozenset(images & self.has.get(self.own, set()))

    def pulling(self) -> frozenset[str]:
        """See ``ahead.HostImages.pulling``."""
        self._answer()
        return frozenset(self.left)

    def pull(self, extravars: dict[str, Any]) -> Outcome:
        """What the playbook does."""
        self.left -= set(extravars["images_ahead_absent"])
        told = []
        for pull in extravars["images_ahead_present"]:
            why = self.wrong.get(pull["host"])
            self.pulls.append((pull["host"], pull["image"]))
            if why is None:
                self.has.setdefault(pull["host"], set()).add(pull["image"])
            told.append({"host": pull["host"], "why": why})
        said = " ".join(each["why"] for each in told if each["why"])
        return Outcome(not said, said or None, told={"images_ahead": told})

    def _answer(self) -> None:
        if self.is_away:
            raise SwarmUnreadable
