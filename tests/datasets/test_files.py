"""Download, checking and unpacking, with a dataset of three files served on this machine."""

import errno
import hashlib
import io
import shutil
import zipfile
from pathlib import Path

import pytest

from sklearn_har.datasets import _files
from sklearn_har.datasets._dataset import Dataset
from sklearn_har.datasets._files import get_data_home, provide_files, published_checksums
from sklearn_har.exceptions import DatasetIntegrityError

CONTENT = {"README.txt": b"read me\n", "raw/one.txt": b"1 2\n3 4\n", "raw/two.txt": b"5 6\n" * 1000}
CHECKSUMS = {path: hashlib.sha256(content).hexdigest() for path, content in CONTENT.items()}

TOY = Dataset("toy", 1, 1, 50.0, ("accelerometer",), ("wrist",), 10_000, "", "", "")


def zipped(members):
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for path, content in members.items():
            archive.writestr(path, content)
    return buffer.getvalue()


@pytest.fixture
def server(http_server):
    http_server.served["/toy.zip"] = zipped(CONTENT)
    http_server.url = f"{http_server.address}/toy.zip"
    return http_server


def provide(server, home, download_if_missing=True):
    """Find the three files, check them and return their folder."""
    found = provide_files(TOY, {"toy.zip": server.url}, CHECKSUMS, home, download_if_missing)
    found.check()
    return found.folder


def assert_nothing_left(home):
    assert [path.name for path in Path(home).iterdir() if path.name != "toy.zip"] == []


def test_data_home_is_the_parameter_or_the_variable_or_a_folder_of_the_user(monkeypatch, tmp_path):
    monkeypatch.setenv("SKLEARN_HAR_DATA", str(tmp_path / "variable"))
    assert get_data_home(tmp_path / "given") == tmp_path / "given"
    assert get_data_home() == tmp_path / "variable"
    monkeypatch.delenv("SKLEARN_HAR_DATA")
    assert get_data_home() == Path.home() / "sklearn_har_data"
    assert get_data_home("~/elsewhere") == Path.home() / "elsewhere"


def test_a_missing_dataset_is_downloaded_once(server, tmp_path):
    home = tmp_path / "not" / "there"
    for _ in range(2):
        folder = provide(server, home)
        assert folder == home / "toy"
        assert {path: (folder / path).read_bytes() for path in CONTENT} == CONTENT
    assert server.answers == 1
    assert [path.name for path in home.iterdir()] == ["toy"]


def test_an_empty_folder_counts_as_missing(server, tmp_path):
    (tmp_path / "toy").mkdir()
    assert (provide(server, tmp_path) / "README.txt").read_bytes() == b"read me\n"


def test_a_process_that_was_faster_is_left_its_files(server, tmp_path, monkeypatch):
    rename = Path.rename

    def rename_too_late(self, target):
        if Path(target) == tmp_path / "toy":
            shutil.copytree(self, target)
        return rename(self, target)

    monkeypatch.setattr(Path, "rename", rename_too_late)
    folder = provide(server, tmp_path)
    assert {path: (folder / path).read_bytes() for path in CONTENT} == CONTENT
    assert [path.name for path in tmp_path.iterdir()] == ["toy"]


def test_a_folder_that_cannot_be_made_is_an_error(server, tmp_path):
    (tmp_path / "toy").write_text("a file is in the way")
    with pytest.raises(OSError, match="toy"):
        provide(server, tmp_path)


@pytest.mark.parametrize(
    "members",
    [
        {f"Toy Data/{path}": content for path, content in CONTENT.items()},
        {"__MACOSX/._one.txt": b"", **{f"Toy/{path}": content for path, content in CONTENT.items()}},
        {"Toy.zip": zipped(CONTENT), "Toy.names": b"about"},
        {**CONTENT, "more/features.txt": b"unwanted"},
    ],
    ids=["in a folder", "in a folder beside another", "archive in archive", "more files"],
)
def test_archives_of_other_shapes(server, tmp_path, members):
    server.served["/toy.zip"] = zipped(members)
    folder = provide(server, tmp_path)
    found = {str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file()}
    assert found == set(CONTENT)


def test_an_archive_put_there_by_hand_is_used_and_kept(server, tmp_path):
    (tmp_path / "toy.zip").write_bytes(zipped(CONTENT))
    provide(server, tmp_path, download_if_missing=False)
    assert server.answers == 0
    assert (tmp_path / "toy.zip").is_file()


def test_nothing_is_written_outside_and_no_link_is_made(server, tmp_path):
    link = zipfile.ZipInfo("raw/link.txt")
    link.external_attr = 0o120777 << 16
    buffer = io.BytesIO(zipped({**CONTENT, "../evil.txt": b"evil", "/tmp_evil.txt": b"evil"}))
    with zipfile.ZipFile(buffer, "a") as archive:
        archive.writestr(link, "../../../outside.txt")
    server.served["/toy.zip"] = buffer.getvalue()
    home = tmp_path / "home"
    folder = provide(server, home)
    assert {path.name for path in tmp_path.rglob("*")} == {
        "home", "toy", "raw", "README.txt", "one.txt", "two.txt",
    }  # fmt: skip
    assert not any(path.is_symlink() for path in folder.rglob("*"))


def test_a_link_in_place_of_a_published_file_is_refused(server, tmp_path):
    link = zipfile.ZipInfo("raw/two.txt")
    link.external_attr = 0o120777 << 16
    buffer = io.BytesIO(zipped({path: CONTENT[path] for path in ["README.txt", "raw/one.txt"]}))
    with zipfile.ZipFile(buffer, "a") as archive:
        archive.writestr(link, "/etc/hostname")
    server.served["/toy.zip"] = buffer.getvalue()
    with pytest.raises(DatasetIntegrityError, match=r"member .raw/two\.txt. is a link or a device"):
        provide(server, tmp_path)
    assert_nothing_left(tmp_path)


def test_not_missing_means_not_downloaded(server, tmp_path):
    with pytest.raises(OSError, match=r"'toy' is not in .*toy and download_if_missing is False.*toy\.zip"):
        provide(server, tmp_path, download_if_missing=False)
    assert server.answers == 0


def test_a_failed_download_says_what_to_get_and_where_to_put_it(server, tmp_path):
    server.served.clear()
    with pytest.raises(OSError, match=r"404.* and save http://.*toy\.zip as .*toy/toy\.zip, or unpack"):
        provide(server, tmp_path)
    assert_nothing_left(tmp_path)


def test_no_network(tmp_path, monkeypatch):
    monkeypatch.setenv("no_proxy", "127.0.0.1")
    url = "http://127.0.0.1:9/toy.zip"  # the port of the discard service, which nobody runs
    with pytest.raises(OSError, match=r"download of http://127\.0\.0\.1:9/toy\.zip failed"):
        provide_files(TOY, {"toy.zip": url}, CHECKSUMS, tmp_path, True)
    assert_nothing_left(tmp_path)


def test_a_download_that_breaks_off_is_not_a_dataset(server, tmp_path):
    server.promised_too_much = 10
    with pytest.raises(OSError, match=r"download of .* failed"):
        provide(server, tmp_path)
    assert_nothing_left(tmp_path)
    server.promised_too_much = 0
    assert provide(server, tmp_path).is_dir()


@pytest.mark.parametrize("kept", [0.0, 0.5, 0.99])
def test_a_truncated_archive_is_not_a_dataset(server, tmp_path, kept):
    whole = server.served["/toy.zip"]
    server.served["/toy.zip"] = whole[: int(kept * len(whole))]
    with pytest.raises(
        DatasetIntegrityError, match=r"toy\.zip cannot be used: it is not a whole archive.* Try again"
    ):
        provide(server, tmp_path)
    assert_nothing_left(tmp_path)


def test_a_damaged_archive_is_not_a_dataset(server, tmp_path):
    damaged = bytearray(zipped(CONTENT))
    damaged[damaged.index(b"raw/one.txt") + len(b"raw/one.txt")] ^= 0xFF
    server.served["/toy.zip"] = bytes(damaged)
    with pytest.raises(DatasetIntegrityError, match="it is not a whole archive"):
        provide(server, tmp_path)
    assert_nothing_left(tmp_path)


def test_an_archive_with_other_files_is_refused(server, tmp_path):
    (tmp_path / "toy.zip").write_bytes(zipped({**CONTENT, "README.txt": b"another\n"}))
    with pytest.raises(DatasetIntegrityError, match=r"toy\.zip, 1 of the 3 .*: README\.txt\. Delete .*zip"):
        provide(server, tmp_path)
    (tmp_path / "toy.zip").write_bytes(zipped({"README.txt": b"read me\n"}))
    with pytest.raises(DatasetIntegrityError, match=r"lacks 2 of the 3 .*: raw/one\.txt, raw/two\.txt\. "):
        provide(server, tmp_path)
    assert_nothing_left(tmp_path)


def test_files_missing_or_altered_on_disk_are_named(server, tmp_path):
    folder = provide(server, tmp_path)
    (folder / "raw/one.txt").write_bytes(b"1 2\n3 5\n")
    with pytest.raises(DatasetIntegrityError, match=r"toy, 1 of .*: raw/one\.txt\. Delete the folder"):
        provide(server, tmp_path)
    (folder / "raw/one.txt").unlink()
    with pytest.raises(DatasetIntegrityError, match=r"lacks 1 of the 3 published files: raw/one\.txt\."):
        provide(server, tmp_path)
    assert server.answers == 1


def test_a_folder_that_cannot_be_written_is_named(server, tmp_path, monkeypatch):
    def refuse(*_, **__):
        raise OSError(errno.EROFS, "Read-only file system")

    monkeypatch.setattr(_files.tempfile, "TemporaryDirectory", refuse)
    with pytest.raises(OSError, match=r"Read-only file system.*toy cannot be written.* SKLEARN_HAR_DATA"):
        provide(server, tmp_path)


@pytest.mark.parametrize("function", ["download", "unpack"])
def test_a_full_disk_is_named(server, tmp_path, monkeypatch, function):
    def fill(*_, **__):
        raise OSError(errno.ENOSPC, "No space left on device")

    if function == "download":
        monkeypatch.setattr(_files.pooch.HTTPDownloader, "__call__", fill)
    else:
        monkeypatch.setattr(_files.Room, "copy", fill)
    with pytest.raises(OSError, match=r"No space left on device.*toy cannot be written.* free some space"):
        provide(server, tmp_path)
    assert_nothing_left(tmp_path)


def test_many_names_are_counted(tmp_path):
    (tmp_path / "toy").mkdir()
    (tmp_path / "toy/other.txt").touch()
    many = {f"{number}.txt": "" for number in range(8)}
    with pytest.raises(DatasetIntegrityError, match=r"lacks 8 of the 8 .*: 0\.txt, .*, 4\.txt and 3 more\."):
        provide_files(TOY, {"toy.zip": "http://127.0.0.1:9/"}, many, tmp_path, True)


def test_packaged_checksums_have_the_shape_of_checksums():
    checksums = published_checksums("hapt")
    assert len(checksums) == 125
    assert {len(sha256) for sha256 in checksums.values()} == {64}
    assert {"README.txt", "activity_labels.txt", "RawData/labels.txt"} < set(checksums)
