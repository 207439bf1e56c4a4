"""Names in a pack: those that this program makes, and no other."""

from assistant.exchange.pack_names import is_known


def test_names_that_the_program_makes():
    assert is_known("manifest.json")
    assert is_known("cases/12/runs/3/truth/truth.csv")
    for name in ("cases/0/run.mkv", "cases/0/runs/0/run.exe", "cases/00000/case.json", "cases/0/case.json\n", ""):
        assert not is_known(name)
    assert not is_known("cases/٣/case.json")
