"""Symbolic links: kept where Lambda can follow them, else refused by name."""

import stat

import pytest

from tests.tasks.artifact.shop import Shop
from tight_tasks.errors import CanNotPack


def test_a_link_beside_its_file_stays_a_link_so_that_nothing_is_there_twice(shop: Shop) -> None:
    shop.write({"app/vendored/fast/libz.so.1.2": "z" * 100_000, "app/vendored/fast/__init__.py": ""})
    shop.link("app/vendored/fast/libz.so.1", "libz.so.1.2")
    shop.link("app/vendored/fast/libz.so", "libz.so.1")

    (part,) = shop.build().parts
    libraries = {path: info for path, info in shop.zipped().items() if "libz" in path}
    modes = {path: stat.S_ISLNK(info.external_attr >> 16) for path, info in libraries.items()}
    assert modes == {"fast/libz.so": True, "fast/libz.so.1": True, "fast/libz.so.1.2": False}
    assert part.archive.files.size < 110_000
    folder = shop.folder / "builds/shop-artifact/fast"
    assert (folder / "libz.so").is_symlink()
    assert (folder / "libz.so").read_text(encoding="utf-8") == "z" * 100_000


def test_a_link_to_a_folder_stays_a_link(shop: Shop) -> None:
    shop.write({"app/lib/texts/a.txt": "a", "app/lib/__init__.py": ""})
    shop.link("app/texts", "lib/texts")

    shop.build()
    assert [path for path in shop.zipped() if "texts" in path] == ["app/lib/texts/a.txt", "app/texts"]
    assert (shop.folder / "builds/shop-artifact/app/texts/a.txt").read_text(encoding="utf-8") == "a"


@pytest.mark.parametrize(
    ("target", "reason"),
    [
        ("/etc/hostname", "it is a link to the absolute /etc/hostname: link to a relative path below"),
        ("../../outside.txt", "it is a link to ../../outside.txt, which leads out of"),
        ("../../app/../outside.txt", "it is a link to .*, which leads out of"),
        ("nowhere.txt", "it is a link to nowhere.txt, which is not there: remove it"),
        ("link", "it is a link to link, which leads in a circle: remove it"),
        ("..", "it is a link to .., a folder that it stands in: remove it"),
        (".", "it is a link to ., a folder that it stands in: remove it"),
        ("tests/data.txt", "it is a link to tests/data.txt, which stays out of the artifact: remove it"),
        ("../vendored/parcels", "it is a link to ../vendored/parcels, which stays out of the artifact: remove it"),
    ],
)
def test_a_link_that_lambda_could_not_follow_is_refused_by_name(shop: Shop, target: str, reason: str) -> None:
    shop.write({"outside.txt": "", "app/lib/tests/data.txt": "", "app/vendored/parcels/__init__.py": ""})
    shop.link("app/lib/link", target)

    with pytest.raises(CanNotPack, match=f"/app/lib/link can't go into the artifact: {reason}"):
        shop.build()
    assert not (shop.folder / "builds").exists()


def test_two_links_that_lead_to_each_other_are_refused(shop: Shop) -> None:
    shop.write({"app/lib/__init__.py": ""})
    shop.link("app/lib/a", "b")
    shop.link("app/lib/b", "a")

    with pytest.raises(CanNotPack, match=r"/app/lib/a can't go into the artifact: .* leads in a circle"):
        shop.build()


def test_an_app_folder_that_is_a_link_out_of_the_project_is_refused(shop: Shop) -> None:
    root = shop.folder / "project"
    root.mkdir()
    for name in ("app_index.py", "tight.yml"):
        (shop.folder / name).rename(root / name)
    (root / "app").symlink_to("../app")
    shop.folder = root

    with pytest.raises(CanNotPack, match="/project/app can't go into the artifact: it is a link that leads out of"):
        shop.build()
