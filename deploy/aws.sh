# What deploy/install and deploy/uninstall share. Sourced; the caller has `stack` and `region`.

name=${0##*/}
say() { printf '%s\n' "$*" >&2; }
fail() { printf 'deploy/%s: %s\n' "$name" "$*" >&2; exit 1; }
wrong() { printf 'deploy/%s: %s\n\n' "$name" "$*" >&2; usage >&2; exit 2; }

# The AWS CLI in our region, without a pager; its messages are kept.
call() { AWS_PAGER='' aws --region "$region" "$@"; }

# Sets region, account and partition, or says what is missing.
need_aws() {
    local identity
    command -v aws >/dev/null ||
        fail "the AWS CLI is not on the PATH: https://docs.aws.amazon.com/cli/latest/userguide/getting-started-install.html"
    region=${region:-${AWS_REGION:-${AWS_DEFAULT_REGION:-$(aws configure get region 2>/dev/null || true)}}}
    [ -n "$region" ] || fail "no region: give --region, or set AWS_REGION"
    identity=$(call sts get-caller-identity --query '[Account, Arn]' --output text 2>&1) ||
        fail "no usable AWS credentials (aws configure, or AWS_PROFILE): $identity"
    read -r account identity <<<"$identity"
    partition=$(cut -d: -f2 <<<"$identity")
    say "account $account, region $region"
}

# The stack's status, or none.
stack_state() {
    local said
    if said=$(call cloudformation describe-stacks --stack-name "$stack" --query 'Stacks[0].StackStatus' --output text 2>&1); then
        printf '%s' "$said"
    elif grep -q 'does not exist' <<<"$said"; then
        printf 'none'
    else
        fail "the stack $stack cannot be looked at: $said"
    fi
}

# A parameter of the stack as it is now.
parameter() {
    call cloudformation describe-stacks --stack-name "$stack" --output text \
        --query "Stacks[0].Parameters[?ParameterKey=='$1'].ParameterValue | [0]"
}

delete_stack() {
    call cloudformation delete-stack --stack-name "$stack" || fail "the stack $stack cannot be deleted"
    call cloudformation wait stack-delete-complete --stack-name "$stack" ||
        fail "the stack $stack was not deleted; the CloudFormation console says what kept it"
}
