"""Files on S3: the same answer as near ones, few bytes, with credentials and without."""

import pytest
from pandas.testing import assert_frame_equal

from scrub import jwst, samples
from scrub.files import remote_errors
from scrub.files.table_files import SourceError

boto3 = pytest.importorskip("boto3", reason="the extra s3-test")
pytest.importorskip("moto", reason="the extra s3-test")
from tests.s3_server import serve  # noqa: E402

pytestmark = pytest.mark.slow
PREFIX = "s3://archive/jwst/sample"
SIZE = 50_000_000
KEYS = {"AWS_ACCESS_KEY_ID": "key", "AWS_SECRET_ACCESS_KEY": "secret"}
FEW = 6


@pytest.fixture(scope="module")
def store():
    with serve() as store:
        yield store


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """Six files of the sample; one of them has 50 MB behind its headers."""
    folder = tmp_path_factory.mktemp("near")
    for path in sorted(samples.write_jwst(folder))[FEW:]:
        path.unlink()
    with sorted(folder.iterdir())[0].open("r+b") as stream:
        stream.truncate(SIZE)
    return folder


@pytest.fixture(scope="module")
def filled(store, folder):
    """The store, with these files in a bucket."""
    login = {"aws_access_key_id": "a", "aws_secret_access_key": "b", "region_name": "us-east-1"}
    client = boto3.client("s3", endpoint_url=store.url, **login)
    client.create_bucket(Bucket="archive", ACL="public-read")
    for path in folder.iterdir():
        client.put_object(Bucket="archive", Key=f"jwst/sample/{path.name}", Body=path.read_bytes(), ACL="public-read")
    client.put_object(Bucket="archive", Key="jwst/sample/notes.txt", Body=b"no FITS file")
    client.close()
    return store


@pytest.fixture
def s3(filled, monkeypatch, tmp_path):
    """The store as a user reaches it: the endpoint and the keys in the environment."""
    monkeypatch.setattr(remote_errors, "WAITS", (0.0, 0.0, 0.0))
    for name in ("AWS_CONFIG_FILE", "AWS_SHARED_CREDENTIALS_FILE"):
        monkeypatch.setenv(name, str(tmp_path / "none"))
    for name, value in {**KEYS, "AWS_ENDPOINT_URL": filled.url, "AWS_EC2_METADATA_DISABLED": "true"}.items():
        monkeypatch.setenv(name, value)
    monkeypatch.delenv("AWS_SESSION_TOKEN", raising=False)
    filled.requests.clear()
    filled.bytes.clear()
    filled.signed.clear()
    filled.faults.clear()
    return filled


def test_files_on_s3_answer_as_those_of_a_folder(s3, folder):
    near, far = jwst.run(folder), jwst.run(PREFIX)
    assert len(near.members) == FEW
    assert_frame_equal(far.exposures.drop(columns="file"), near.exposures.drop(columns="file"))
    for name in ("members", "products", "rejected"):
        assert_frame_equal(getattr(far, name), getattr(near, name))
    assert far.exposures["file"].tolist() == [f"{PREFIX}/{name}" for name in near.exposures["file"]]
    assert all(s3.signed)


def test_a_file_of_a_listing_costs_one_request_and_few_bytes(s3, folder):
    large = next(path.name for path in folder.iterdir() if path.stat().st_size == SIZE)
    jwst.run(PREFIX)
    assert s3.requests[large] == 1
    assert 2880 < s3.bytes[large] < 100_000
    assert s3.requests["notes.txt"] == 0


def test_a_file_of_a_list_costs_two_requests(s3, folder, tmp_path):
    (tmp_path / "list.txt").write_text("".join(f"{PREFIX}/{path.name}\n" for path in folder.iterdir()))
    assert len(jwst.run(tmp_path / "list.txt").members) == FEW
    assert set(s3.requests.values()) == {2}
    assert sum(s3.bytes.values()) < FEW * 100_000


def test_s3_is_asked_without_a_login_where_there_are_no_credentials(s3, monkeypatch):
    for name in KEYS:
        monkeypatch.delenv(name)
    assert len(jwst.run(PREFIX).members) == FEW
    assert s3.signed
    assert not any(s3.signed)


FAULTS = {
    "403": ([403] * 2, "forbidden (403)"),
    "404": ([404] * 2, "not there (404)"),
    "500": ([500] * 9, "the server failed (500), 4 times"),
    "503": ([503] * 9, "the server failed (503), 4 times"),
}


@pytest.mark.parametrize("anonymous", [False, True])
@pytest.mark.parametrize(("faults", "reason"), FAULTS.values(), ids=FAULTS)
def test_a_file_that_fails_is_a_reject_with_its_reason(s3, folder, monkeypatch, faults, reason, anonymous):
    for name in KEYS if anonymous else ():
        monkeypatch.delenv(name)
    bad = sorted(path.name for path in folder.iterdir())[1]
    s3.faults[bad] = [*faults]
    answer = jwst.run(PREFIX)
    if anonymous and "forbidden" in reason:
        reason += ", asked without credentials"
    assert answer.rejected[["what", "reason"]].to_numpy().tolist() == [[f"{PREFIX}/{bad}", reason]]
    assert len(answer.members) == FEW - 1


def test_an_error_that_passes_leaves_no_trace(s3, folder):
    bad = sorted(path.name for path in folder.iterdir())[1]
    s3.faults[bad] = [500, 503, 500]
    answer = jwst.run(PREFIX)
    assert len(answer.members) == FEW
    assert answer.rejected.empty
    assert s3.requests[bad] == 4


@pytest.mark.parametrize("url", ["s3://nowhere/jwst", "s3://archive/nothing"])
def test_a_prefix_that_is_not_there_is_refused(s3, url):
    with pytest.raises(SourceError, match=f"{url}: not there"):
        jwst.run(url)


def test_a_key_that_is_not_there_is_a_reject(s3):
    rejected = jwst.run(f"{PREFIX}/a_uncal.fits").rejected
    assert rejected[["what", "reason"]].to_numpy().tolist() == [[f"{PREFIX}/a_uncal.fits", "not there"]]
