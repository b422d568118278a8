"""Slots: people who all put a JupyterLab node on a canvas within one second, each in a project of their own, until the
page is there; beside the same page asked for once more, in the same second and by as many."""

import random
import threading
import time
from collections.abc import Callable, Sequence
from typing import Any

from tests.bench.figures import Row, against, timed
from tests.bench.starts import JUPYTER
from tests.support.deployment import Deployment, Person, until

USERS = 20
ROUNDS = 3
_PASSWORD = "only for the benchmark"
# Seconds that a project has been open when somebody puts a node into it: an engine takes 0.6 for an anchor to come onto a
# network, one after the other.
_OPENED = 18
# Seconds until as many slots wait as there are users.
_PATIENCE = 300


class Visitor:
    """Somebody with a project that is open in a browser."""

    def __init__(self, deployment: Deployment, admin: Person, number: int):
        self.person = Person(deployment.url)
        email = f"bench-{number}@werkbank.example"
        self.user_id = _user(admin, email)
        secret = admin.call("POST", f"/users/{self.user_id}/invitation")["path"].partition("#")[2]
        said = {"token": secret, "password": _PASSWORD, "name": email}
        answer = self.person.call("POST", "/auth/invitation/accept", said)
        self.person.session.headers["X-CSRF-Token"] = answer["csrf_token"]
        self.project_id = self.person.call("POST", "/projects", {"name": "bench"})["id"]
        self.node: Any = None

    def come(self) -> None:
        """The project is open in a tab."""
        self.person.call("POST", f"/projects/{self.project_id}/presence", {"tab": "bench"})

    def claim(self) -> None:
        """From the click to the page."""
        self.node = self.person.add_node(self.project_id, JUPYTER)
        assert self.node["state"] == "running", "there was no slot"
        self.look()

    def look(self) -> None:
        """The page alone."""
        assert self.person.page(self.node["url"]).status_code == 200

    def start_kernel(self) -> None:
        """Jupyter has a kernel, asked for as its own page does, with its token."""
        base = self.node["url"].removesuffix("/lab")
        cookies = self.person.session.cookies
        token = next(each.value for each in cookies if each.name == "_xsrf" and each.path.startswith(base))
        url = f"{self.person.url}{base}/api/kernels"
        answer = self.person.session.post(url, json={}, headers={"X-XSRFToken": str(token)}, timeout=60)
        assert answer.status_code == 201, answer.text

    def leave(self) -> None:
        """Off the canvas."""
        if self.node:
            self.person.call("DELETE", f"/projects/{self.project_id}/nodes/{self.node['id']}")
            self.node = None

    def go(self, admin: Person) -> None:
        """Nothing is left but a closed account."""
        self.person.call("DELETE", f"/projects/{self.project_id}")
        admin.call("PATCH", f"/users/{self.user_id}", {"is_closed": True})


def _user(admin: Person, email: str) -> str:
    """The id of an account that is open, of an earlier run or new."""
    for each in admin.call("GET", f"/users?q={email}"):
        admin.call("PATCH", f"/users/{each['id']}", {"is_closed": False})
        return str(each["id"])
    return str(admin.call("POST", "/users", {"email": email, "name": email, "role": "user", "password": _PASSWORD})["user"]["id"])


def within_a_second(acts: Sequence[Callable[[], None]]) -> list[float]:
    """Milliseconds of each act; they begin at moments of one second, as people would."""
    took, problems = list[float](), list[BaseException]()

    def do(act: Callable[[], None], pause: float) -> None:
        time.sleep(pause)
        try:
            took.append(timed(act))
        except BaseException as problem:
            problems.append(problem)

    chance = random.Random(2018)
    threads = [threading.Thread(target=do, args=(act, chance.random())) for act in acts]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if problems:
        raise problems[0]
    return took


def at(values: Sequence[float], share: float) -> float:
    """The value that so many of them do not exceed."""
    return sorted(values)[min(len(values) - 1, round(share * (len(values) - 1)))]


def waiting(admin: Person) -> int:
    """How many slots of JupyterLab can be claimed."""
    return sum(slot["service_key"] == JUPYTER and slot["state"] == "ready" for slot in admin.call("GET", "/slots"))


def one_round(admin: Person, visitors: Sequence[Visitor]) -> dict[str, list[float]]:
    """Claims, and then the bare page, of as many people within a second."""
    until(lambda: waiting(admin) >= len(visitors), _PATIENCE, 1)
    for each in visitors:
        each.come()
    # What opening a project sets in motion is another figure (decision 0012).
    time.sleep(_OPENED)
    took = {"claim": within_a_second([each.claim for each in visitors])}
    took["page"] = within_a_second([each.look for each in visitors])
    took["kernel"] = within_a_second([visitors[0].start_kernel])
    for each in visitors:
        each.leave()
    return took


def measure(deployment: Deployment) -> dict[str, Row]:
    """Needs a deployment whose WERKBANK_SLOTS_MEMORY_MIB has room for 20 of JupyterLab (40960); otherwise says so."""
    admin = deployment.admin()
    if int(deployment.values.get("WERKBANK_SLOTS_MEMORY_MIB", "0")) < USERS * 2048:
        print(f"  WERKBANK_SLOTS_MEMORY_MIB has no room for {USERS} slots of JupyterLab: claims are not measured.")
        return {}
    visitors = [Visitor(deployment, admin, number) for number in range(USERS)]
    rounds = list[dict[str, list[float]]]()
    try:
        _rush(visitors)
        for number in range(ROUNDS):
            rounds.append(took := one_round(admin, visitors))
            said = (f"{name} {at(values, 0.5):.0f} / {at(values, 0.95):.0f} ms" for name, values in took.items())
            print(f"  round {number + 1} of {ROUNDS}, median / 95 %: {', '.join(said)}", flush=True)
    finally:
        for each in visitors:
            each.leave()
            each.go(admin)
    return _rows(rounds)


def _rush(visitors: Sequence[Visitor]) -> None:
    """Each opens one and closes it: from then on as many slots are kept."""
    for each in visitors:
        each.node = each.person.add_node(each.project_id, JUPYTER)
        each.leave()


def _rows(rounds: Sequence[dict[str, list[float]]]) -> dict[str, Row]:
    rows = {}
    for name, share, words in (("claim_p50", 0.5, "half"), ("claim_p95", 0.95, "95 %")):
        claims, pages = ([at(took[which], share) for took in rounds] for which in ("claim", "page"))
        rows[name] = against(
            f"{words} of {USERS} claims within a second, to the page", claims, "the page alone, by as many", pages
        )
    kernels = [at(took["kernel"], 0.5) for took in rounds]
    rows["claim_kernel"] = against("a kernel in a claimed node", kernels, "the promise", [300.0] * len(kernels))
    return rows
