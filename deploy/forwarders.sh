# shellcheck shell=bash
# shellcheck disable=SC2034,SC2154 # the caller sets `stack` and `region`, and what is called reads them
# The stacks by which other regions hand their findings on. Sourced behind aws.sh and ledger.sh.

# in_region REGION COMMAND…: the command for the forwarder's stack of that region.
in_region() {
    local region=$1 stack=$stack-forwarder
    shift
    "$@"
}

# take_forwarder_away REGION: deletes its stack, where there is one.
take_forwarder_away() {
    local state
    state=$(in_region "$1" stack_state) || exit 1
    if [ "$state" = none ]; then
        say "there is no stack $stack-forwarder in $1"
        return
    fi
    say "deleting the stack $stack-forwarder in $1: its findings are handed on no longer"
    in_region "$1" delete_stack
}
