"""Jobs: recorded by a verb, carried out by the director one of a kind at a time, never lost and never done twice."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from controlplane import job_kinds, jobs, journal, runs
from controlplane.errors import BadInput, Conflict, JobNotFound, SwarmUnreadable
from controlplane.job_worker import JobWorker
from controlplane.jobs import Kind, Verdict, Work
from controlplane.jobs_model import Job, JobState
from controlplane.model import Run, RunState
from controlplane.ports import Outcome
from controlplane.settings import Settings
from tests.unit.conftest import Time, World
from tests.unit.test_api import Visitor, visitors  # noqa: F401  fixtures


def whole(inputs: dict[str, Any]) -> dict[str, Any]:
    """Takes a size, and nothing else."""
    if set(inputs) - {"size"}:
        raise BadInput("Only a size is taken.")
    return {"size": inputs.get("size", 1)}


TIDY = Kind("tidy", "tidy.yml", whole, lambda work: {"tidy_size": work.inputs["size"]})
AGAIN = replace(TIDY, name="again", is_repeatable=True)
SETTLED = replace(TIDY, name="settled", settle=lambda work: Verdict(JobState.SUCCEEDED, "It is there.", {"seen": True}))


class Desk:
    """Somebody who asks for jobs, and the directors that do them."""

    def __init__(self, world: World, settings: Settings, *kinds: Kind):
        self.world, self.settings = world, settings
        self.kinds = {kind.name: kind for kind in kinds or (TIDY, AGAIN, SETTLED)}
        self.provisioner: Any = world.adapters.provisioner
        self.worker = self.director()

    def director(self) -> JobWorker:
        """A director that has just started."""
        worker = JobWorker(self.world.database, self.world.adapters, self.settings, self.kinds)
        worker.take_up()
        return worker

    def ask(self, kind: str = "tidy", **inputs: Any) -> str:
        """The job's id."""
        with self.world.database.begin() as session:
            return jobs.ask(session, self.kinds[kind], inputs, "ada@werkbank.example").id

    def work(self) -> None:
        """Until nothing is left to do."""
        for _ in range(3):
            self.worker.look()
            self.worker.join()

    def job(self, job_id: str) -> Job:
        """Its row."""
        with self.world.database.begin() as session:
            return jobs.get_job(session, job_id)

    def cut_off(self, job_id: str, run_id: str | None = None) -> None:
        """A director began it, and was killed."""
        with self.world.database.begin() as session:
            jobs.begin(session, jobs.under_way(session), self.kinds)
            session.get_one(Job, job_id).run_id = run_id
        self.worker = self.director()


@pytest.fixture
def desk(world: World, settings: Settings) -> Iterator[Desk]:
    """Three kinds of jobs."""
    made = Desk(world, settings)
    yield made
    made.worker.join()


# Carrying out -------------------------------------------------------------------------------------------------------


def test_a_job_is_a_run_with_the_variables_of_its_kind_and_keeps_what_the_playbook_told(desk: Desk) -> None:
    desk.provisioner.plays["tidy.yml"] = lambda _: Outcome(True, told={"freed": 7})
    job_id = desk.ask(size=3)
    assert desk.job(job_id).state == JobState.WAITING
    desk.work()
    job = desk.job(job_id)
    assert (job.state, job.result, job.attempts) == (JobState.SUCCEEDED, {"freed": 7}, 1)
    assert desk.provisioner.played == [("playbooks/tidy.yml", {"tidy_size": 3})]
    with desk.world.database.begin() as session:
        run = runs.get_run(session, str(job.run_id))
        assert (run.playbook, run.state, run.inputs) == ("tidy.yml", RunState.SUCCEEDED, {"tidy_size": 3})
        assert [event.task for event in runs.events_after(session, run, 0)] == ["It is so"]
        noted = [entry.action for entry in journal.entries(session, subject=job_id)]
    assert noted == ["end", "start", "add"]


def test_nothing_is_played_when_nothing_was_asked_for(desk: Desk) -> None:
    desk.work()
    assert desk.provisioner.played == []


def test_a_failed_playbook_says_why(desk: Desk) -> None:
    desk.provisioner.plays["tidy.yml"] = lambda _: Outcome(False, "There is no room.")
    job_id = desk.ask()
    desk.work()
    assert (desk.job(job_id).state, desk.job(job_id).message) == (JobState.FAILED, "There is no room.")


def test_what_a_kind_refuses_ends_before_any_run(world: World, settings: Settings) -> None:
    def refuse(_: Work) -> dict[str, Any]:
        raise Conflict("It is the last one.")

    desk = Desk(world, settings, replace(TIDY, variables=refuse))
    job_id = desk.ask()
    desk.work()
    job = desk.job(job_id)
    assert (job.state, job.message, job.run_id) == (JobState.FAILED, "It is the last one.", None)
    assert desk.provisioner.played == []


def test_an_error_that_nobody_foresaw_ends_the_job_and_its_run(desk: Desk) -> None:
    def fall(_: dict[str, Any]) -> Outcome:
        raise ZeroDivisionError

    desk.provisioner.plays["tidy.yml"] = fall
    job_id = desk.ask()
    desk.work()
    assert desk.job(job_id).state == JobState.FAILED
    with desk.world.database.begin() as session:
        assert session.get_one(Run, desk.job(job_id).run_id).state == RunState.FAILED


def test_jobs_of_one_kind_are_done_one_at_a_time_in_their_order(desk: Desk) -> None:
    first, second, other = desk.ask(size=1), desk.ask(size=2), desk.ask("again")
    with desk.world.database.begin() as session:
        begun = {job.id for job in jobs.begin(session, jobs.under_way(session), desk.kinds)}
        assert begun == {first, other}
        assert jobs.begin(session, jobs.under_way(session), desk.kinds) == []
    assert desk.job(second).state == JobState.WAITING


def test_jobs_of_one_group_are_done_one_at_a_time(world: World, settings: Settings) -> None:
    desk = Desk(world, settings, replace(TIDY, group="g"), replace(AGAIN, group="g"))
    desk.ask()
    desk.ask("again")
    with world.database.begin() as session:
        assert len(jobs.begin(session, jobs.under_way(session), desk.kinds)) == 1


def test_a_director_that_does_not_lead_begins_nothing(desk: Desk) -> None:
    job_id = desk.ask()
    desk.worker.look(lambda: False)
    assert desk.job(job_id).state == JobState.WAITING


# Crashes ------------------------------------------------------------------------------------------------------------


def test_a_job_that_was_cut_off_is_failed_and_not_done_twice(desk: Desk) -> None:
    job_id = desk.ask()
    desk.cut_off(job_id)
    desk.work()
    assert (desk.job(job_id).state, desk.job(job_id).message) == (JobState.FAILED, jobs.INTERRUPTED)
    assert desk.provisioner.played == []


def test_a_job_that_may_be_repeated_is_taken_up_anew_but_not_for_ever(desk: Desk) -> None:
    job_id = desk.ask("again")
    desk.cut_off(job_id)
    assert desk.job(job_id).state == JobState.WAITING
    for _ in range(jobs.MOST_ATTEMPTS - 1):
        desk.cut_off(job_id)
    assert desk.job(job_id).state == JobState.FAILED


def test_a_job_whose_kind_decides_is_decided_by_the_next_director(desk: Desk) -> None:
    job_id = desk.ask("settled")
    desk.cut_off(job_id, run_id="r")
    assert desk.job(job_id).state == JobState.RUNNING
    desk.work()
    job = desk.job(job_id)
    assert (job.state, job.message, job.result) == (JobState.SUCCEEDED, "It is there.", {"seen": True})
    assert desk.provisioner.played == []


def test_an_error_after_the_run_leaves_the_verdict_to_what_there_is_to_see(world: World, settings: Settings) -> None:
    def fall(*_: Any) -> dict[str, Any]:
        raise ZeroDivisionError

    desk = Desk(world, settings, replace(SETTLED, result=fall))
    job_id = desk.ask("settled")
    desk.work()
    assert desk.job(job_id).message == "It is there."


def test_a_job_that_cannot_be_decided_yet_stays_under_way(world: World, settings: Settings) -> None:
    said: list[Any] = [None, SwarmUnreadable(), Verdict(JobState.FAILED, "It went back.")]

    def settle(_: Work) -> Verdict | None:
        match said.pop(0):
            case Exception() as error:
                raise error
            case verdict:
                return verdict  # type: ignore[no-any-return]

    desk = Desk(world, settings, replace(SETTLED, settle=settle))
    job_id = desk.ask("settled")
    desk.work()
    assert desk.job(job_id).state == JobState.RUNNING
    desk.work()
    assert desk.job(job_id).message == "It went back."


def test_a_job_of_an_unknown_kind_is_failed_and_holds_nobody_up(desk: Desk) -> None:
    waiting, running = desk.ask(), desk.ask("again")
    with desk.world.database.begin() as session:
        session.get_one(Job, running).state = JobState.RUNNING
    desk.kinds = {}
    desk.worker = desk.director()
    desk.work()
    assert {desk.job(job_id).message for job_id in (waiting, running)} == {jobs.UNKNOWN}


# Canceling and forgetting -------------------------------------------------------------------------------------------


def test_a_job_that_waits_is_canceled_at_once(desk: Desk) -> None:
    job_id = desk.ask()
    with desk.world.database.begin() as session:
        jobs.ask_cancel(session, jobs.get_job(session, job_id))
    desk.work()
    assert desk.job(job_id).state == JobState.CANCELED
    assert desk.provisioner.played == []
    with desk.world.database.begin() as session, pytest.raises(Conflict):
        jobs.ask_cancel(session, jobs.get_job(session, job_id))


def test_a_job_under_way_is_canceled_with_its_run(desk: Desk) -> None:
    job_id = desk.ask()

    def cancel() -> None:
        with desk.world.database.begin() as session:
            jobs.ask_cancel(session, jobs.get_job(session, job_id))

    desk.provisioner.on_the_way = cancel
    desk.work()
    assert desk.job(job_id).state == JobState.CANCELED


def test_old_jobs_are_forgotten_and_those_under_way_never(desk: Desk, time: Time) -> None:
    done = desk.ask()
    desk.work()
    time.pass_by(days=20)
    waiting = desk.ask()
    with desk.world.database.begin() as session:
        jobs.forget_old(session, timedelta(days=14))
    assert desk.job(waiting).state == JobState.WAITING
    with pytest.raises(JobNotFound):
        desk.job(done)


# The API ------------------------------------------------------------------------------------------------------------


@pytest.fixture
def known(monkeypatch: pytest.MonkeyPatch) -> None:
    """The web application knows the kind `tidy`."""
    monkeypatch.setattr(job_kinds, "KINDS", {"tidy": TIDY})


def test_asking_answers_at_once_and_the_job_can_be_followed(visitors: tuple[Visitor, Visitor], known: None) -> None:  # noqa: F811
    ada, _ = visitors
    answer = ada.post("/jobs", kind="tidy", inputs={"size": 2})
    assert answer.status_code == 202
    job = answer.json["data"]
    assert (job["state"], job["asked_by"], job["inputs"]) == ("waiting", "ada@werkbank.example", {"size": 2})
    assert ada.get(f"/jobs/{job['id']}").json["data"] == job
    assert ada.get("/jobs?kind=tidy&state=waiting").json["data"] == [job]
    assert ada.get(f"/jobs?before={job['id']}").json["data"] == []
    assert ada.post(f"/jobs/{job['id']}/cancel").status_code == 202
    assert ada.post(f"/jobs/{job['id']}/cancel").status_code == 409


def test_only_administrators_see_and_ask_for_jobs(visitors: tuple[Visitor, Visitor], known: None) -> None:  # noqa: F811
    _, bob = visitors
    assert bob.get("/jobs").status_code == 403
    assert bob.post("/jobs", kind="tidy").status_code == 403


def test_what_is_not_allowed_is_refused(visitors: tuple[Visitor, Visitor], known: None) -> None:  # noqa: F811
    ada, _ = visitors
    assert ada.post("/jobs", kind="rm -rf").status_code == 400
    assert ada.post("/jobs", kind="tidy", inputs={"playbook": "x"}).status_code == 400
    assert ada.get("/jobs/none").status_code == 404
