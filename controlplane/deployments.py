"""Deployments of the platform: planned by a run that changes nothing, applied as planned, or not at all."""

import hashlib
import json
from collections.abc import Iterable
from datetime import timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from controlplane import drift, journal
from controlplane.clock import now
from controlplane.cluster import Cluster, Part
from controlplane.database import Database, newest_schema
from controlplane.errors import BadInput, Conflict, LabelError, NotFound
from controlplane.jobs import Kind, Verdict, Work
from controlplane.jobs_model import Deployment, Job, JobState, PartSettings
from controlplane.model import Run
from controlplane.ports import Registry

PARTS = ("authentication", "web", "gateway", "postgres", "director")
# These have the control plane's code in them, and say in a label which schema of the database they know.
_KNOWING = ("authentication", "web", "director")
SCHEMA_LABEL = "werkbank.schema"
# Changed at the end, one right after the other: the run itself needs them.
_LAST = ("postgres", "director")
KEEP = 10
_PATIENCE = timedelta(minutes=6)
OUTSIDE = "make up, or another tool"
MOVED = (
    "The platform was changed since this plan was made, so it is no longer true; nothing was changed. "
    "Make a new plan and look at it."
)


def fingerprint(parts: Iterable[Part]) -> str:
    """Tells whether anything of the parts was changed, by whomever: their services, versions and images."""
    known = sorted((part.name, part.service, part.version, part.image) for part in parts)
    return hashlib.sha256(json.dumps(known).encode()).hexdigest()[:16]


def ours(cluster: Cluster) -> dict[str, Part]:
    """The parts that a deployment is about. Raises ``SwarmUnreadable``."""
    return {part.name: part for part in cluster.parts() if part.name in PARTS}


def split(image: str) -> tuple[str, str, str]:
    """Repository, tag and digest (or empty) of a reference with its registry in front."""
    rest, _, digest = image.partition("/")[2].partition("@")
    repository, _, tag = rest.partition(":")
    return repository, tag, digest


def by_digest(image: str, digest: str) -> str:
    """Another image of the same repository, in the form that the deploy gives to parts: by its digest alone."""
    return f"{image.partition('/')[0]}/{split(image)[0]}@{digest}"


def drifted(database: Database, parts: dict[str, Part]) -> dict[str, tuple[dict[str, Any], list[str]]]:
    """Of each part whose settings somebody changed by hand: those that it was deployed with, and the differences in words."""
    with database.begin() as session:
        rows = {row.part: row for row in session.scalars(select(PartSettings))}
    known = {name: rows[name].settings for name, part in parts.items() if name in rows and rows[name].deployed == part.deployed}
    found = {name: (settings, drift.words(settings, parts[name].settings)) for name, settings in known.items()}
    return {name: (settings, said) for name, (settings, said) in found.items() if said}


def list_deployments(session: Session, limit: int = KEEP) -> list[Deployment]:
    """The newest first."""
    return list(session.scalars(select(Deployment).order_by(Deployment.at.desc(), Deployment.id).limit(limit)))


def options(part: Part, registry: Registry) -> list[dict[str, Any]]:
    """What the part could be: the images of its repository, the newest first. Raises ``RegistryUnreadable``."""
    repository, _, current = split(part.image)
    found = []
    for tag in registry.tags(repository):
        if digest := registry.digest(repository, tag):
            made_at = registry.made_at(repository, digest)
            image = by_digest(part.image, digest)
            found.append({"tag": tag, "image": image, "made_at": made_at, "is_current": digest == current})
    return sorted(found, key=lambda each: str(each["made_at"] or ""), reverse=True)


# Planning -----------------------------------------------------------------------------------------------------------


def _read_plan(inputs: dict[str, Any]) -> dict[str, Any]:
    """Images of parts, or a deployment to go back to; or nothing but what was changed by hand."""
    images, back = inputs.get("images", {}), inputs.get("deployment")
    if inputs.keys() == {"mend"} and inputs["mend"] is True:
        return {"images": {}}
    if set(inputs) - {"images", "deployment"} or bool(images) == bool(back):
        raise BadInput(
            "A plan takes `images` (an object of parts), `deployment` (the id of one to go back to), or `mend` (true: only what "
            "was changed by hand)."
        )
    if back is not None:
        if not isinstance(back, str) or len(back) > 36:
            raise BadInput("`deployment` must be the id of a deployment.")
        return {"deployment": back}
    if not isinstance(images, dict) or set(images) - set(PARTS):
        raise BadInput(f"`images` takes the parts {', '.join(PARTS)}.")
    if not all(isinstance(image, str) and 0 < len(image) <= 1000 for image in images.values()):
        raise BadInput("Each image must be a reference, as the registry names it.")
    return {"images": images}


def _wanted(work: Work) -> dict[str, str]:
    if "images" in work.inputs:
        return dict(work.inputs["images"])
    with work.database.begin() as session:
        row = session.get(Deployment, work.inputs["deployment"])
        if row is None:
            raise NotFound("There is no such deployment; old ones are forgotten. Nothing was changed.")
        return dict(row.images)


def _plan(work: Work) -> dict[str, Any]:
    """Raises ``Conflict`` for an image that no host could fetch, or that is another part's."""
    parts, wanted = ours(work.adapters.cluster), _wanted(work)
    if unknown := sorted(set(wanted) - set(parts)):
        raise Conflict(f"The part {unknown[0]} does not run here; nothing was changed.")
    # What runs already may stay, whatever the registry has.
    found = {
        name: image if image == parts[name].image else _found(parts[name], image, work.adapters.registry)
        for name, image in wanted.items()
    }
    _check_schemas(parts, found, work.adapters.registry)
    return _variables(parts, found, work)


def _check_schemas(parts: dict[str, Part], found: dict[str, str], registry: Registry) -> None:
    """An older version would not understand what was written since, and its director would not even begin; a newer one
    needs its director to bring the database on."""
    changed = [name for name in _KNOWING if name in found and found[name] != parts[name].image]
    here, known = newest_schema(), {name: _schema(found[name], registry) for name in changed}
    for name, schema in known.items():
        if schema < here:
            raise Conflict(
                f"This version of {name} is older than migration {here}, which the database has seen: it would not understand "
                f"what was written since. Nothing was changed. Choose a version that knows {here}; to go back further, restore "
                "a backup of that time."
            )
        if schema > max(here, known.get("director", here)):
            raise Conflict(
                f"This version of {name} needs migration {schema} of the database, which is at {here}; nothing was changed. "
                "Choose the director of the same version with it: it brings the database on."
            )


def _schema(image: str, registry: Registry) -> str:
    repository, _, digest = split(image)
    try:
        return registry.labels(repository, digest).get(SCHEMA_LABEL, "")
    except LabelError:
        return ""


def _found(part: Part, image: str, registry: Registry) -> str:
    """The image by its digest, once the registry has been asked for it: the deploy's playbook gives no tags."""
    repository, tag, digest = split(image)
    if (image.partition("/")[0], repository) != (part.image.partition("/")[0], split(part.image)[0]):
        raise Conflict(f"{image} is no image of the part {part.name}; nothing was changed.")
    there = registry.digest(repository, digest or tag)
    if there is None:
        raise Conflict(f"The registry has no image {image} any more; nothing was changed. Choose one that it has.")
    return by_digest(image, there)


def _variables(parts: dict[str, Part], wanted: dict[str, str], work: Work) -> dict[str, Any]:
    """What the role is told: images, and the settings to be put back where they were changed by hand."""
    mended = drifted(work.database, parts)
    items = [
        {
            "name": name,
            "service": parts[name].service,
            "version": parts[name].version,
            "image": wanted.get(name, parts[name].image),
            "is_last": name in _LAST,
            "settings": mended[name][0] if name in mended else {},
            "says": mended[name][1] if name in mended else [],
        }
        for name in PARTS
        if name in wanted or name in mended
    ]
    return {"platform_parts_stack": work.settings.stack, "platform_parts_images": items}


def _keep_plan(work: Work, told: dict[str, Any]) -> dict[str, Any]:
    """What is shown, and what tells whether it is still true: nothing, when a part was changed while the run looked."""
    parts = ours(work.adapters.cluster)
    rows = [_row(item) for item in told.get("parts", [])]
    # Services of nodes are no parts: the role touches nothing that is not one.
    nodes = [row["name"] for row in rows if row["name"] not in PARTS]
    is_true = all(row["name"] in parts and parts[row["name"]].image == row["from"] for row in rows)
    return {"parts": rows, "nodes": nodes, "fingerprint": fingerprint(parts.values()) if is_true else ""}


def _row(item: dict[str, Any]) -> dict[str, Any]:
    names = ("name", "from", "to", "is_changed")
    told = {name: item.get(name) for name in names} | {"is_restarted": bool(item.get("is_changed"))}
    return told | {"settings": list(item.get("settings") or ())}


PLAN = Kind("deploy-plan", "upgrade.yml", _read_plan, _plan, _keep_plan, is_check=True, is_repeatable=True, group="deploy")


# Applying -----------------------------------------------------------------------------------------------------------


def _read_apply(inputs: dict[str, Any]) -> dict[str, Any]:
    plan = inputs.get("plan")
    if set(inputs) - {"plan"} or not isinstance(plan, str) or not 0 < len(plan) <= 36:
        raise BadInput("Applying takes `plan`, the id of a job that made one.")
    return {"plan": plan}


def _planned(work: Work) -> dict[str, Any]:
    with work.database.begin() as session:
        job = session.get(Job, work.inputs["plan"])
        if job is None or job.kind != PLAN.name or job.state != JobState.SUCCEEDED or not job.result:
            raise Conflict("There is no such plan, or it failed; nothing was changed. Make a plan first.")
        return dict(job.result)


def _apply(work: Work) -> dict[str, Any]:
    """Exactly the plan. Raises ``Conflict`` when the world moved since."""
    plan, parts = _planned(work), ours(work.adapters.cluster)
    if fingerprint(parts.values()) != plan["fingerprint"]:
        raise Conflict(MOVED)
    targets = _targets(plan)
    if not targets:
        raise Conflict("The plan changes nothing, so there is nothing to apply.")
    return _variables(parts, targets, work)


def _targets(plan: dict[str, Any]) -> dict[str, str]:
    return {row["name"]: row["to"] for row in plan["parts"] if row["is_changed"]}


def _settle(work: Work) -> Verdict | None:
    """What the swarm shows decides: the director that began it may have been replaced by it."""
    targets, parts = _targets(_planned(work)), ours(work.adapters.cluster)
    bent = drifted(work.database, parts)
    others = [name for name, image in targets.items() if name not in parts or parts[name].image != image or name in bent]
    # Not those that are as planned: the swarm remembers an update that was rolled back until the next one.
    back = [name for name in others if name in parts and parts[name].update.startswith(("rollback", "paused"))]
    if back:
        return _ended(work, parts, f"The new {', '.join(back)} did not become healthy; the swarm went back to the old.")
    is_there = all(part.is_running and part.update != "updating" for part in parts.values())
    if not others and is_there:
        return _ended(work, parts, None)
    if _is_late(work):
        what = ", ".join(others) or "some parts"
        return _ended(work, parts, f"After {_PATIENCE.seconds // 60} minutes {what} did not run as planned. Look at the parts.")
    return None


def _is_late(work: Work) -> bool:
    """Measured from the end of its run, in which the swarm may have fetched images for minutes."""
    with work.database.begin() as session:
        job = session.get_one(Job, work.id)
        run = session.get(Run, job.run_id) if job.run_id else None
        since = (run and run.finished_at) or job.started_at
    return since is not None and now() - since > _PATIENCE


def _ended(work: Work, parts: dict[str, Part], failure: str | None) -> Verdict:
    with work.database.begin() as session:
        record(session, parts, work.asked_by, work.id, failure)
    return Verdict(JobState.FAILED if failure else JobState.SUCCEEDED, failure)


def _note_failed(work: Work, said: str) -> None:
    """A run that failed or was canceled may have changed some parts; then these are what is deployed now."""
    parts = ours(work.adapters.cluster)
    with work.database.begin() as session:
        if _is_new(session, parts):
            record(session, parts, work.asked_by, work.id, said)


APPLY = Kind("deploy", "upgrade.yml", _read_apply, _apply, settle=_settle, failed=_note_failed, timeout=900, group="deploy")


# Recording ----------------------------------------------------------------------------------------------------------


def record(
    session: Session, parts: dict[str, Part], by: str, job_id: str | None = None, failure: str | None = None
) -> Deployment:
    """What is deployed from now on; the ten newest are kept, and can be gone back to."""
    images = {name: part.image for name, part in sorted(parts.items())}
    row = Deployment(by=by, job_id=job_id, images=images, outcome="failed" if failure else "succeeded", message=failure)
    session.add(row)
    session.flush()
    journal.note(session, journal.Action.ADD, "deployment", row.id, name=row.outcome, by=by, images=images)
    for old in list_deployments(session, 1000)[KEEP:]:
        session.delete(old)
    return row


def note_outside(database: Database, cluster: Cluster) -> None:
    """A deployment that no job made, such as that of `make up`, is noted once its parts are well."""
    parts = ours(cluster)
    if not parts or any(part.update == "updating" or not part.is_running for part in parts.values()):
        return
    with database.begin() as session:
        busy = select(Job.id).where(Job.kind == APPLY.name, Job.state == JobState.RUNNING)
        if session.scalar(busy) is None and _is_new(session, parts):
            record(session, parts, OUTSIDE)


def note_settings(database: Database, cluster: Cluster) -> None:
    """What a deploy gave to each part, once it has done its work: whoever changes it later changes it by hand."""
    for part in ours(cluster).values():
        if not part.deployed or part.update == "updating":
            continue
        with database.begin() as session:
            row = session.get(PartSettings, part.name)
            if row is None or row.deployed != part.deployed:
                session.merge(PartSettings(part=part.name, deployed=part.deployed, settings=part.settings, at=now()))


def _is_new(session: Session, parts: dict[str, Part]) -> bool:
    """Whether the newest record tells of other images."""
    last = next(iter(list_deployments(session, 1)), None)
    return last is None or last.images != {name: part.image for name, part in parts.items()}
