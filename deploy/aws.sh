# shellcheck shell=bash
# shellcheck disable=SC2154 # the caller sets `stack`, `region` and `ask`
# What the scripts of deploy/ share. Sourced.

name=${0##*/}
# A failure inside $(…) ends the script too, where bash knows how (4.4 and later).
shopt -s inherit_errexit 2>/dev/null || true

say() { printf '%s\n' "$*" >&2; }
fail() { printf 'deploy/%s: %s\n' "$name" "$*" >&2; exit 1; }
wrong() { printf 'deploy/%s: %s\ndeploy/%s --help says how it is used\n' "$name" "$*" "$name" >&2; exit 2; }

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
    # shellcheck disable=SC2034 # for the caller
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

# A parameter of the stack as it is now; nothing where the template has no such parameter.
parameter() {
    local found
    found=$(call cloudformation describe-stacks --stack-name "$stack" --output text \
        --query "Stacks[0].Parameters[?ParameterKey=='$1'].ParameterValue | [0]") || fail "the stack $stack cannot be looked at"
    [ "$found" = None ] || printf '%s' "$found"
}

# An output of the stack; nothing where it has no such output.
output() {
    local found
    found=$(call cloudformation describe-stacks --stack-name "$stack" --output text \
        --query "Stacks[0].Outputs[?OutputKey=='$1'].OutputValue | [0]") || fail "the stack $stack cannot be looked at"
    [ "$found" = None ] || printf '%s' "$found"
}

# confirm QUESTION: asks before something is deleted or done again, unless --yes was given (`ask` is no).
confirm() {
    local answer
    [ "$ask" = yes ] || return 0
    [ -t 0 ] || fail "this asks before it goes on: run it in a terminal, or with --yes"
    read -r -p "$1 [y/N] " answer
    [[ "$answer" == [yY]* ]]
}

delete_stack() {
    call cloudformation delete-stack --stack-name "$stack" || fail "the stack $stack cannot be deleted"
    call cloudformation wait stack-delete-complete --stack-name "$stack" ||
        fail "the stack $stack was not deleted; the CloudFormation console says what kept it"
}
