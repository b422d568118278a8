"""What can go wrong, each in a sentence that a person can act on."""


class ControlPlaneError(Exception):
    """Something went wrong in the control plane; nothing was changed. Trying again may help."""

    status = 500

    def __init__(self, message: str | None = None):
        super().__init__(message or self.__doc__)


class BadInput(ControlPlaneError):
    """The request is not complete or not well-formed; nothing was changed."""

    status = 400


class NotFound(ControlPlaneError):
    """There is no such thing, or it is not yours to see."""

    status = 404


class ProjectNotFound(NotFound):
    """There is no such project, or it is not shared with you."""


class UserNotFound(NotFound):
    """There is no such user in this deployment; nothing was changed."""


class LinkNotFound(NotFound):
    """There is no such link in this project; somebody may have removed it, or put another in its place."""


class NodeNotFound(NotFound):
    """There is no such node in this project; it may have been removed in another tab."""


class ServiceNotFound(NotFound):
    """The registry has no such service in this version. The catalogue lists what there is."""

    def __init__(self, message: str | None = None, key: str = "", version: str = "", has_others: bool = False):
        super().__init__(message)
        self.key, self.version, self.has_others = key, version, has_others


class RunNotFound(NotFound):
    """There is no such run; old ones are forgotten after a while."""


class JobNotFound(NotFound):
    """There is no such job; old ones are forgotten after a while."""


class Conflict(ControlPlaneError):
    """This contradicts what is there already; nothing was changed."""

    status = 409


class AlreadyRunning(Conflict):
    """A service with this uuid runs already; nothing was started twice."""


class NotStartable(Conflict):
    """Only dynamic services can be started here; computational ones need a pipeline, which this version has not."""


class QuotaExceeded(ControlPlaneError):
    """As many nodes run as may; nothing was changed. Close one that you do not need and try again."""

    status = 429
    # Seconds: nobody knows when a node will be closed, but closing takes some.
    retry_after = 30


class WorldMoved(Conflict):
    """Things have changed since this plan was made; nothing was changed. Look at the new plan, and apply that."""


class WrongLogin(ControlPlaneError):
    """E-mail address or password is wrong."""

    status = 401


class NotLoggedIn(ControlPlaneError):
    """You are not logged in, or your session has ended. Log in again; your nodes keep running for their grace period."""

    status = 401


class Forbidden(ControlPlaneError):
    """Your account may not do this. Ask an administrator of this deployment."""

    status = 403


class ReadOnly(Forbidden):
    """You may look at this project, but not change it; nothing was changed. Ask its owner for the right to edit."""


class AccountClosed(Forbidden):
    """This account is closed; its projects and files are kept. Ask an administrator of this deployment to open it again."""


class WrongPassword(BadInput):
    """The present password is wrong; nothing was changed."""


class InvitationOver(NotFound):
    """This link is not good any more: it was used, replaced or withdrawn, or its time is over. Nothing was changed.
    Ask an administrator of this deployment for a new one."""


class LastAdministrator(Conflict):
    """Nobody would be left to administer this deployment; nothing was changed. Make somebody else an administrator first."""


class CsrfMismatch(Forbidden):
    """The change did not come from a page of this workbench (X-CSRF-Token is missing or old). Reload the page."""


class SwarmUnreadable(ControlPlaneError):
    """The swarm's manager did not answer; nothing is decided until it does."""

    status = 503


class RegistryUnreadable(ControlPlaneError):
    """The registry did not answer; the catalogue shows what was known before."""

    status = 503


class StartFailed(ControlPlaneError):
    """The service could not be started; nothing of it is left."""


class TooManyStarts(ControlPlaneError):
    """Too many starts are waited for at the moment; nothing was started. Try again in a few seconds."""

    status = 503


class DirectorAway(ControlPlaneError):
    """The director does not answer at the moment. Nothing was changed, and nodes keep running; try again in a minute."""

    status = 503


class StartTimedOut(ControlPlaneError):
    """The service did not start within its bound."""

    status = 504


class LabelError(ControlPlaneError):
    """The image's labels do not follow the contract for services."""

    status = 422


class FileNotThere(NotFound):
    """There is no such file or folder; it may have been moved or removed meanwhile. Nothing was changed."""


class FileExists(Conflict):
    """There is something of this name already; nothing was changed. Take another name, or say that it is to be replaced."""


class FileRefused(BadInput):
    """This cannot be done with this file; nothing was changed."""


class UploadBroken(BadInput):
    """The file did not arrive whole; nothing of it was kept, and nothing was changed. Upload it again."""


class NoFilesYet(Conflict):
    """The node has never run, so its folders are not made yet; nothing was changed. Start it once."""


class DiskFull(ControlPlaneError):
    """The disk of the node's host has no room for this; nothing of it was kept. Remove what is not needed, or ask an
    administrator of this deployment for more room."""

    status = 507


class FilesElsewhere(ControlPlaneError):
    """The files of this node are on a host that hands nothing out at the moment; they are kept there, and nothing was changed.
    Try again once an administrator has looked after that host."""

    status = 409


class FilesUnreachable(ControlPlaneError):
    """The files cannot be reached at the moment; what is saved in the node is kept. Try again in a minute."""

    status = 503


class TooManyTransfers(ControlPlaneError):
    """Too many files are under way at the moment; nothing was changed. Try again once some have arrived."""

    status = 503
