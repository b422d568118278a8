"""Porters on other hosts as a deployment has them: what they change in the swarm is a run."""

from controlplane import journal
from controlplane.database import Database
from controlplane.porter.remote import RemotePorters
from controlplane.ports import Adapters, Order, Outcome
from controlplane.runs import Recorder
from controlplane.settings import Settings
from controlplane.spec import variables

_PLAYBOOK = "node_apply.yml"


def remote_porters(database: Database, adapters: Adapters, settings: Settings) -> RemotePorters:
    """Those on other hosts."""

    def write(order: Order) -> Outcome:
        with journal.acting_as("director"):
            recorder = Recorder(database, _PLAYBOOK, [], variables(order, settings), settings.secrets)
            outcome = adapters.provisioner.apply(order, recorder.note, recorder.is_cancel_asked)
            recorder.close(outcome)
            return outcome

    return RemotePorters(settings.stack, adapters.porter_services, write, settings.runner_dir)
