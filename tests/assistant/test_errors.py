import numpy as np
import pytest

from assistant.errors import AssistantError, EnvironmentError_, InputError, UsageError, describe


@pytest.mark.parametrize(
    ("kind", "status"), [(AssistantError, 1), (UsageError, 2), (InputError, 3), (EnvironmentError_, 4)]
)
def test_the_exit_status_follows_from_the_kind(kind: type[AssistantError], status: int) -> None:
    # 2 and 3 are the contract's; a caller tells them apart without reading the text.
    error = kind("the sentence")
    assert error.exit_status == status
    assert str(error) == "the sentence"
    assert isinstance(error, AssistantError)


def test_an_exception_in_words() -> None:
    assert describe(ValueError()) == "ValueError"
    assert describe(ValueError(" a\n b ")) == "ValueError: a b"
    assert len(describe(ValueError("x" * 5000))) < 250


def test_the_place_is_ours_rather_than_deep_inside_a_library() -> None:
    with pytest.raises(ValueError, match="zero-size") as raised:
        np.zeros(0).max()
    assert describe(raised.value).startswith("ValueError in test_errors.py:")
