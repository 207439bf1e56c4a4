import pytest

from assistant.errors import AssistantError, EnvironmentError_, InputError, UsageError


@pytest.mark.parametrize(
    ("kind", "status"), [(AssistantError, 1), (UsageError, 2), (InputError, 3), (EnvironmentError_, 4)]
)
def test_the_exit_status_follows_from_the_kind(kind: type[AssistantError], status: int) -> None:
    # 2 and 3 are the contract's; a caller tells them apart without reading the text.
    error = kind("the sentence")
    assert error.exit_status == status
    assert str(error) == "the sentence"
    assert isinstance(error, AssistantError)
