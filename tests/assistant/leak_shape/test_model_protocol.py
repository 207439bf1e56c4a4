from assistant.leak_shape.model_protocol import model_name
from assistant.vocabulary import ModelIdentity


def test_a_model_is_named_as_the_contract_wants() -> None:
    assert model_name(ModelIdentity(name="leak-shape", sha256="0123456789abcdef" * 4)) == "leak-shape@0123456789ab"
