"""The front end's files: what browsers may keep."""

from controlplane.settings import Settings
from tests.unit.test_api import Visitor, ada, visitors  # noqa: F401  fixtures


def test_files_with_a_hash_in_their_name_are_kept_and_the_page_is_not(ada: Visitor, settings: Settings) -> None:  # noqa: F811
    (settings.client_dir / "assets").mkdir()
    (settings.client_dir / "assets" / "index-1a2b.js").write_text("")
    with ada.web.get("/assets/index-1a2b.js") as answer:
        assert "max-age=31536000" in answer.headers["Cache-Control"]
        assert "immutable" in answer.headers["Cache-Control"]
    with ada.web.get("/") as page:
        assert "immutable" not in page.headers["Cache-Control"]
