import io

from assistant.model_packs import worker


def test_a_message_comes_through_as_it_was_sent() -> None:
    pipe = io.BytesIO()
    worker.send(pipe, {"do": "run", "shape": [1]}, b"\0\1\2")
    worker.send(pipe, {"do": "load"})
    pipe.seek(0)
    assert worker.receive(pipe) == ({"do": "run", "shape": [1]}, b"\0\1\2")
    assert worker.receive(pipe) == ({"do": "load"}, b"")
    assert worker.receive(pipe) is None


def test_a_message_cut_off_is_an_end() -> None:
    pipe = io.BytesIO()
    worker.send(pipe, {"do": "run"}, b"12345678")
    whole = pipe.getvalue()
    for length in range(len(whole)):
        assert worker.receive(io.BytesIO(whole[:length])) is None
