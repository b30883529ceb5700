# shellcheck shell=bash
# shellcheck disable=SC2154 # the caller sets `stack`, `region`, `account` and `partition`
# The stack of the ledger's table, beside the one of the functions. Sourced behind aws.sh.

# of_stack NAME COMMAND…: the command for another stack.
of_stack() {
    local stack=$1
    shift
    "$@"
}

# What the functions' stack has as LedgerTableArn: an ARN, nothing where it was left out, or unknown where the stack is of a
# version that knew no ledger.
ledger_of_stack() {
    local found
    found=$(call cloudformation describe-stacks --stack-name "$stack" --output text \
        --query "Stacks[0].Parameters[?ParameterKey=='LedgerTableArn'].[ParameterKey, ParameterValue] | [0]") ||
        fail "the stack $stack cannot be looked at"
    case "$found" in
        LedgerTableArn*)
            found=${found#LedgerTableArn}
            printf '%s' "${found//[[:space:]]/}"
            ;;
        *) printf 'unknown' ;;
    esac
}

# Says that the table stays, and how it is deleted: nobody does that by a slip.
say_ledger_stays() {
    local arn=$1 has_stack=$2 table where
    table=${arn##*:table/}
    where=$(cut -d: -f4 <<<"$arn")
    say "the ledger stays, the table $table in $where: what was changed and how to undo it. To delete it for good:"
    [ "$has_stack" = no ] || say "  aws cloudformation delete-stack --region $region --stack-name $stack-ledger"
    say "  aws dynamodb update-table --region $where --table-name $table --no-deletion-protection-enabled"
    say "  aws dynamodb delete-table --region $where --table-name $table"
}
