# shellcheck shell=bash
# shellcheck disable=SC2154 # the caller sets `region`, `call_as` and `patience`
# Service-managed StackSets, each step safe to repeat. Sourced behind aws.sh.

# stack_sets OPERATION SET …: CloudFormation's operation on one of our StackSets, as the management account or its delegate.
stack_sets() {
    local operation=$1 set=$2
    shift 2
    call cloudformation "$operation" --stack-set-name "$set" --call-as "$call_as" "$@"
}

# look SET: asks once for the StackSet and its stacks, and keeps the answers in the folder `work` for `about` and the others.
look() {
    local said query
    [ ! -f "$work/$1" ] || return 0
    # shellcheck disable=SC2016 # the backquotes are JMESPath's
    query='StackSet.[[`"status"`, Status], [`"model"`, PermissionModel], [`"units"`, join(`","`, not_null(OrganizationalUnitIds, `[]`))],
        [`"regions"`, join(`","`, not_null(Regions, `[]`))],
        [`"automatic"`, AutoDeployment.Enabled, AutoDeployment.RetainStacksOnAccountRemoval], sort_by(not_null(Parameters, `[]`), &ParameterKey)[].[`"parameter"`,
        ParameterKey, ParameterValue], [`"template"`, TemplateBody]]'
    if said=$(stack_sets describe-stack-set "$1" --output text --query "$query" 2>&1); then
        # A stack in a line: account, region, status, unit, reason. What no update reaches is said as that, whatever made it so.
        stack_sets list-stack-instances "$1" --output text --query \
            "Summaries[].[Account, Region, (Status=='INOPERABLE' && Status) || StackInstanceStatus.DetailedStatus || Status, OrganizationalUnitId, StatusReason]" \
            >"$work/$1.stacks" || fail "the stacks of the StackSet $1 cannot be listed"
    elif [[ "$said" == *StackSetNotFoundException* ]]; then
        said=$'status\tnone'
        : >"$work/$1.stacks"
    else
        fail "the StackSet $1 cannot be looked at: $said"
    fi
    printf '%s\n' "$said" >"$work/$1"
    case "$(about "$1" model)" in
        '' | SERVICE_MANAGED) ;;
        *) fail "there is a StackSet $1 with $(about "$1" model) permissions, which is not of this script: give another --name" ;;
    esac
}

# look_again SET: as it is now.
look_again() { rm -f "$work/$1" "$work/$1.stacks"; look "$1"; }

# automatic_of SET: its automatic deployment as --auto-deployment takes it.
automatic_of() {
    awk -F'\t' '$1 == "template" {exit} $1 == "automatic" {
        if (tolower($2) != "true") print "Enabled=false"
        else print "Enabled=true,RetainStacksOnAccountRemoval=" (tolower($3) == "true" ? "true" : "false")
    }' "$work/$1"
}

# about SET WHAT: its status (none where there is no such StackSet), model, units or regions.
about() { awk -F'\t' -v what="$2" '$1 == "template" {exit} $1 == what {print $2}' "$work/$1" | grep -v -x None || true; }
is_there() { [ "$(about "$1" status)" != none ]; }

# had SET PARAMETER: the parameter's value; nothing where it has none.
had() { awk -F'\t' -v key="$2" '$1 == "template" {exit} $1 == "parameter" && $2 == key {print $3}' "$work/$1"; }

# A line for each parameter: its name and value.
parameters_of() { awk -F'\t' '$1 == "template" {exit} $1 == "parameter" {print $2 "\t" $3}' "$work/$1"; }

# The template that its stacks are made of.
template_of() { awk '!found && sub(/^template\t/, "") {found = 1} found' "$work/$1"; }

# A line for each of its stacks.
stacks_of() { grep -E '^[0-9]{12}' "$work/$1.stacks" || true; }
count_of() { stacks_of "$1" | grep -c . || true; }
regions_of() { stacks_of "$1" | cut -f 2 | sort -u; }

# The units that it is deployed to: as they were given, else as its stacks have them.
units_of() {
    local given
    given=$(about "$1" units)
    [ -n "$given" ] || given=$(stacks_of "$1" | cut -f 4)
    tr -s ',[:space:]' '\n' <<<"$given" | grep -E '^(r|ou)-' | sort -u || true
}

# Waits until nothing is being done to it: CloudFormation does one thing at a time.
wait_for_quiet() {
    local set=$1 running since=$SECONDS
    while :; do
        running=$(stack_sets list-stack-set-operations "$set" --output text \
            --query "Summaries[?Status=='RUNNING' || Status=='QUEUED' || Status=='STOPPING'].OperationId") ||
            fail "the operations of the StackSet $set cannot be listed"
        case "$running" in '' | None) return 0 ;; esac
        [ $((SECONDS - since)) -lt "$patience" ] || fail "the StackSet $set is still busy with ${running//$'\n'/ }: run this again later"
        say "the StackSet $set is busy with another operation: waiting"
        sleep 15
    done
}

# operate SET OPERATION …: begins an operation, waits for its end, and says what failed. Status 1 where something did.
operate() {
    local set=$1 operation=$2 said id status named=no since=$SECONDS told=$SECONDS
    shift 2
    [[ "$*" != *'"Accounts"'* ]] || named=yes
    while :; do
        if said=$(stack_sets "$operation" "$set" --query OperationId --output text "$@" 2>&1); then break; fi
        # Somebody was quicker, such as an account that has just joined.
        [[ "$said" == *OperationInProgressException* ]] || fail "$operation of the StackSet $set was refused: $said"
        [ $((SECONDS - since)) -lt "$patience" ] || fail "the StackSet $set is still busy: run this again later"
        wait_for_quiet "$set"
    done
    id=$said
    while :; do
        status=$(stack_sets describe-stack-set-operation "$set" --operation-id "$id" --output text --query StackSetOperation.Status) ||
            fail "the operation $id of the StackSet $set cannot be looked at"
        case "$status" in RUNNING | QUEUED | STOPPING) ;; *) break ;; esac
        [ $((SECONDS - since)) -lt "$patience" ] ||
            fail "the operation $id of the StackSet $set has not ended after $((patience / 60)) minutes; it goes on by itself: run this again later"
        if [ $((SECONDS - told)) -ge 60 ]; then
            told=$SECONDS
            say "$set: $operation is $status for $(((SECONDS - since) / 60)) minutes"
        fi
        sleep 10
    done
    say_failures "$set" "$operation" "$id" "$status" "$named"
}

# With tolerated failures an operation counts as a success whatever came of its stacks: each result is looked at. Where
# accounts were named, one that made nothing has failed: they are suspended, or in another unit by now.
say_failures() {
    local set=$1 operation=$2 id=$3 status=$4 named=$5 results failed done_
    results=$(stack_sets list-stack-set-operation-results "$set" --operation-id "$id" --output text \
        --query 'Summaries[].[Status, Account, Region, StatusReason]') || fail "the results of the operation $id cannot be listed"
    done_=$(grep -c '^SUCCEEDED' <<<"$results" || true)
    failed=$(grep -v '^SUCCEEDED' <<<"$results" | grep -v '^None$' | grep . || true)
    if [ -n "$failed" ]; then
        say "$set: $operation failed in:"
        sed 's/^/  /' <<<"$failed" >&2
        return 1
    fi
    if [ "$status" != SUCCEEDED ]; then
        say "$set: $operation ended as $status (operation $id)"
        return 1
    fi
    if [ "$operation $named $done_" = "create-stack-instances yes 0" ]; then
        say "$set: $operation made nothing (operation $id): is the account active, and in that unit?"
        return 1
    fi
    say "$set: $operation is done in $done_ stacks"
}

# json_list WORD…: a JSON list of texts.
json_list() {
    local each list=''
    for each in "$@"; do list+="${list:+, }\"$each\""; done
    printf '[%s]' "$list"
}

# targets ACCOUNTS UNIT…: what --deployment-targets takes; with accounts (words) those of them alone.
targets() {
    local accounts=$1
    shift
    printf '{"OrganizationalUnitIds": %s' "$(json_list "$@")"
    # shellcheck disable=SC2086 # an account a word
    [ -z "$accounts" ] || printf ', "Accounts": %s, "AccountFilterType": "INTERSECTION"' "$(json_list $accounts)"
    printf '}'
}
