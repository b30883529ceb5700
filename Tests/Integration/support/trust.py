"""What moto leaves out of AssumeRole: the trust policy of a role in another account, with its external id."""


def refusal(role, caller_account, caller_arn, external_id):
    """Why the role does not trust the caller, or None when it does. `role` holds the trust policy as an object."""
    statements = role["Statement"]
    for statement in statements if isinstance(statements, list) else [statements]:
        if statement.get("Effect") != "Allow" or "sts:AssumeRole" not in as_list(statement.get("Action")):
            continue
        trusted = as_list(statement.get("Principal", {}).get("AWS"))
        if not any(
            principal in (caller_account, caller_arn) or principal.endswith(f":{caller_account}:root")
            for principal in trusted
        ):
            continue
        wanted = statement.get("Condition", {}).get("StringEquals", {}).get("sts:ExternalId")
        if wanted is not None and external_id not in as_list(wanted):
            continue
        return None
    return f"User: {caller_arn} is not authorized to perform: sts:AssumeRole"


def as_list(value):
    if value is None:
        return []
    return value if isinstance(value, list) else [value]
