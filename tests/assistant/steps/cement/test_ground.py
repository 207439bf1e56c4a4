from assistant.steps.cement import ground_of
from assistant.vocabulary import Unknown


def test_before_the_first_picture_there_is_no_ground() -> None:
    found = ground_of(None, None, None, 0.2)
    assert isinstance(found, Unknown)
