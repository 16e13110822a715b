import pytest

from hubspot_assets.connection.trust import TrustError, external_id_of, new_external_id, trust_policy
from hubspot_assets_tests.connection.iam import trusts

EXPORTER = "arn:aws:iam::111122223333:user/exporter"


def test_the_role_is_for_the_principal_with_the_external_id_only() -> None:
    policy = trust_policy(EXPORTER, "our-id")
    assert trusts(policy, EXPORTER, {"sts:ExternalId": "our-id"})
    assert not trusts(policy, EXPORTER, {"sts:ExternalId": "another"})
    assert not trusts(policy, EXPORTER, {})
    assert not trusts(policy, "arn:aws:iam::111122223333:user/other", {"sts:ExternalId": "our-id"})


def test_an_account_number_trusts_the_account() -> None:
    assert trusts(trust_policy("111122223333", "our-id"), EXPORTER, {"sts:ExternalId": "our-id"})


def test_external_ids_are_never_the_same_and_always_allowed() -> None:
    made = {new_external_id() for _ in range(100)}
    assert len(made) == 100
    assert all(external_id_of(trust_policy(EXPORTER, one)) == one for one in made)


def test_the_external_id_is_found_again_and_its_absence_too() -> None:
    assert external_id_of(trust_policy(EXPORTER, "our-id")) == "our-id"
    assert external_id_of({"Statement": [{"Effect": "Allow", "Action": "sts:AssumeRole"}]}) is None


@pytest.mark.parametrize("principal", ["", "exporter", "arn:aws:iam::12:user/x", "*", "arn:aws:s3:::bucket"])
def test_what_is_no_principal_is_refused_in_a_sentence(principal: str) -> None:
    with pytest.raises(TrustError, match="is not a principal: use the ARN"):
        trust_policy(principal, "our-id")


@pytest.mark.parametrize("external_id", ["", "x", "with blank", "ümlaut"])
def test_an_external_id_that_aws_would_refuse_is_refused_in_a_sentence(external_id: str) -> None:
    with pytest.raises(TrustError, match="AWS does not accept the external id"):
        trust_policy(EXPORTER, external_id)
