# shellcheck shell=bash
# shellcheck disable=SC2154 # the caller sets `region`, `call_as`, `patience` and `prefix`
# Service-managed StackSets, each step safe to repeat. Sourced behind aws.sh; the caller also has `accounts_of`, `active`,
# `is_within` and `with_others`, which say what the organization and the caller's parameters are.

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

# Lines of parameters as --parameters takes them.
as_json() {
    awk -F'\t' '{gsub(/["\\]/, "\\\\&", $2); printf "%s{\"ParameterKey\": \"%s\", \"ParameterValue\": \"%s\"}", (NR > 1 ? ", " : "["), $1, $2} END {print "]"}' <<<"$1"
}

words() { tr -s '[:space:]' '\n' <<<"$1" | grep -v -x -e None -e none | grep . | sort -u || true; }
# without LEFT RIGHT: the words of the first that are not in the second.
without() { comm -23 <(words "$1") <(words "$2"); }
in_a_row() { tr -s '[:space:]' ' ' <<<"$1" | sed 's/^ //; s/ $//; s/ /, /g'; }

# pairs ACCOUNTS REGIONS: a line for each of both.
pairs() {
    local account region
    for account in $1; do for region in $2; do printf '%s/%s\n' "$account" "$region"; done; done | sort
}

# lacking SET ACCOUNTS REGIONS: where there is no stack of it.
lacking() { comm -23 <(pairs "$2" "$3") <(stacks_of "$1" | awk -F'\t' '{print $1 "/" $2}' | sort -u); }

# not_as_it_should_be SET ACCOUNTS: account/region/status of its stacks there; other accounts, such as suspended ones, are passed over.
not_as_it_should_be() {
    stacks_of "$1" | awk -F'\t' -v accounts=" $(tr -s '[:space:]' ' ' <<<"$2") " \
        'index(accounts, " " $1 " ") && $3 !~ /^(SUCCEEDED|CURRENT)$/ {print $1 "/" $2 "/" $3}'
}
only_stuck() { grep '/INOPERABLE$' <<<"$1" || true; }
all_but_stuck() { grep -v '/INOPERABLE$' <<<"$1" | grep . || true; }

# plan SET FILE PARAMETERS ACCOUNT UNITS REGIONS AUTOMATIC ACCOUNTS: what is to be done with one StackSet, in the variables
# that `show` and `carry_out` read. ACCOUNTS are the active ones that it is for. The StackSet is not asked anew: what was shown
# is what is done.
plan() {
    local has each late coming
    plan_set=$1 plan_file=$2 plan_account=$4 plan_units=$5 plan_regions=$6 plan_automatic=$7 plan_accounts=$8
    plan_had_units='' plan_new=no plan_update=no plan_switch=no plan_gone='' plan_gone_units='' plan_more='' plan_more_units=''
    plan_late='' plan_stuck='' plan_lacking=''
    look "$plan_set"
    plan_parameters=$(with_others "$1" "$2" "$3")
    if ! is_there "$plan_set"; then
        plan_new=yes plan_more=$plan_regions
        return
    fi
    [ "$(template_of "$plan_set")" = "$(cat "$plan_file")" ] && [ "$(parameters_of "$plan_set" | LC_ALL=C sort)" = "$plan_parameters" ] || plan_update=yes
    [ "$(automatic_of "$plan_set")" = "$plan_automatic" ] || plan_update=yes plan_switch=yes
    late=$(not_as_it_should_be "$plan_set" "$plan_accounts")
    plan_late=$(all_but_stuck "$late") plan_stuck=$(only_stuck "$late")
    [ -z "$plan_late" ] || plan_update=yes
    plan_had_units=$(units_of "$plan_set")
    has="$(about "$plan_set" regions | tr ',' '\n') $(regions_of "$plan_set")"
    plan_gone=$(without "$has" "$plan_regions")
    plan_more=$(without "$plan_regions" "$has")
    plan_lacking=$(lacking "$plan_set" "$plan_accounts" "$(without "$plan_regions" "$plan_more")")
    [ -z "$plan_account" ] || return 0
    plan_more_units=$(without "$plan_units" "$plan_had_units")
    # A unit below one that is wanted stays: to take it away would take its accounts' stacks away.
    for each in $(without "$plan_had_units" "$plan_units"); do
        # shellcheck disable=SC2086 # a unit a word
        is_within "$each" $plan_units || plan_gone_units+=${plan_gone_units:+$'\n'}$each
    done
    if [ -n "$plan_more_units" ] && [ -n "$plan_lacking" ]; then
        # What comes with a new unit does not come twice.
        # shellcheck disable=SC2086
        coming=$(accounts_of $plan_more_units) || exit 1
        plan_lacking=$(comm -23 <(printf '%s\n' "$plan_lacking") <(pairs "$(active "$coming")" "$plan_regions"))
    fi
}

# One line of what `plan` has found.
show() {
    local what=$1 where=$2 each
    printf '%s\n  StackSet %s\n' "$what" "$plan_set"
    if [ "$plan_new" = yes ]; then
        printf '  new, in %s: %s\n' "$(in_a_row "$plan_more")" "$where"
        return
    fi
    [ "$plan_update" = no ] || printf '  updated where it is deployed%s\n' "${plan_late:+, also where it is not as it should be: $(in_a_row "$plan_late")}"
    [ "$plan_switch" = no ] || printf '  automatic deployment was %s, and becomes %s\n' "$(automatic_of "$plan_set")" "$plan_automatic"
    [ -z "$plan_gone" ] || printf '  TAKEN AWAY in %s\n' "$(in_a_row "$plan_gone")"
    for each in $plan_gone_units; do
        printf '  TAKEN AWAY from the accounts of %s%s\n' "$each" "$(! holds_wanted "$each" || printf ' but for those of %s' "$(in_a_row "$plan_units")")"
    done
    [ -z "$plan_more" ] || printf '  also in %s: %s\n' "$(in_a_row "$plan_more")" "$where"
    [ -z "$plan_more_units" ] || printf '  also in the accounts of %s\n' "$(in_a_row "$plan_more_units")"
    [ -z "$plan_lacking" ] || printf '  made where it is not there: %s\n' "$(in_a_row "$plan_lacking")"
    [ -z "$plan_stuck" ] || printf '  CANNOT BE MENDED by this script: %s\n' "$(in_a_row "$plan_stuck")"
    [ "$plan_update$plan_gone$plan_gone_units$plan_more$plan_more_units$plan_lacking$plan_stuck" != no ] || printf '  stays as it is: %s\n' "$where"
}

preferences=RegionConcurrencyType=PARALLEL,MaxConcurrentPercentage=100,FailureTolerancePercentage=100
# Which StackSets were not brought where they should be.
incomplete=()

# instances_operation WHAT ACCOUNTS UNITS REGIONS …: makes or deletes the stacks of the planned StackSet there.
instances_operation() {
    local operation=$1 to
    # shellcheck disable=SC2086 # ids and names of regions, a word each
    to=$(targets "$2" $3)
    # shellcheck disable=SC2086
    operate "$plan_set" "$operation" --deployment-targets "$to" --regions $4 --operation-preferences "$preferences" "${@:5}"
}

# holds_wanted UNIT: whether one of the planned units is below it.
holds_wanted() {
    local each
    for each in $plan_units; do ! is_within "$each" "$1" || return 0; done
    return 1
}

# take_unit_away UNIT REGIONS: but for the accounts, in whatever state, that a planned unit has.
take_unit_away() {
    local accounts='' wanted
    if holds_wanted "$1"; then
        # Not knowing what is wanted would be to take all away: this must not go on behind a failure.
        # shellcheck disable=SC2086 # a unit a word
        wanted=$(accounts_of $plan_units) || exit 1
        accounts=$(without "$(stacks_of "$plan_set" | cut -f 1)" "$(cut -f 1 <<<"$wanted")")
        [ -n "$accounts" ] || return 0
    fi
    instances_operation delete-stack-instances "$accounts" "$1" "$2" --no-retain-stacks
}

# Does what `plan` has found. A region goes before another comes, since a role's name can be there once in an account; a unit
# goes after another has come, since what both have stays.
carry_out() {
    local capabilities=$1 is_whole=yes units_now had_units each
    had_units=$plan_had_units
    # Its account may be in another unit by now.
    [ -z "$plan_account" ] || had_units=$(words "$had_units $plan_units")
    if [ "$plan_new" = yes ]; then
        say "making the StackSet $plan_set"
        # shellcheck disable=SC2086 # capabilities, a word each
        call cloudformation create-stack-set --stack-set-name "$plan_set" --call-as "$call_as" --permission-model SERVICE_MANAGED \
            --auto-deployment "$plan_automatic" --template-body "file://$plan_file" --parameters "$(as_json "$plan_parameters")" \
            --tags "Key=gatehouse:stack,Value=$prefix" $capabilities >/dev/null || fail "the StackSet $plan_set was not made"
    else
        if [ -n "$plan_gone" ]; then instances_operation delete-stack-instances "$plan_account" "$had_units" "$plan_gone" --no-retain-stacks || is_whole=no; fi
        if [ "$plan_update" = yes ]; then
            # shellcheck disable=SC2086
            operate "$plan_set" update-stack-set --template-body "file://$plan_file" --parameters "$(as_json "$plan_parameters")" \
                --auto-deployment "$plan_automatic" --permission-model SERVICE_MANAGED --operation-preferences "$preferences" $capabilities || is_whole=no
        fi
    fi
    # Regions that were there, and still are.
    units_now=$(without "$plan_regions" "$plan_more")
    if [ -n "$plan_more_units" ] && [ -n "$units_now" ]; then
        instances_operation create-stack-instances '' "$plan_more_units" "$units_now" || is_whole=no
    fi
    if [ -n "$plan_more" ]; then instances_operation create-stack-instances "$plan_account" "$plan_units" "$plan_more" || is_whole=no; fi
    for each in $(cut -d / -f 2 <<<"$plan_lacking" | sort -u); do
        instances_operation create-stack-instances "$(grep "/$each\$" <<<"$plan_lacking" | cut -d / -f 1)" "$plan_units" "$each" || is_whole=no
    done
    if [ -n "$units_now" ]; then
        for each in $plan_gone_units; do take_unit_away "$each" "$units_now" || is_whole=no; done
    fi
    look_again "$plan_set"
    say_what_lacks "$is_whole" || is_whole=no
    [ "$is_whole" = yes ] || incomplete+=("$plan_set")
}

# say_what_lacks SAID: status 1 where the StackSet is not as was planned, whatever the operations said. SAID is no where an
# operation has said so already.
say_what_lacks() {
    local is_whole=yes lacks late each account where unit
    lacks=$(lacking "$plan_set" "$plan_accounts" "$plan_regions")
    late=$(not_as_it_should_be "$plan_set" "$plan_accounts")
    if [ -n "$lacks" ]; then
        is_whole=no
        [ "$1" = no ] || say "$plan_set: no stack was made in $(in_a_row "$lacks")"
    fi
    if [ -n "$(all_but_stuck "$late")" ]; then
        is_whole=no
        [ "$1" = no ] || say "$plan_set: not as it should be: $(in_a_row "$(all_but_stuck "$late")")"
    fi
    [ "$(automatic_of "$plan_set")" = "$plan_automatic" ] || {
        is_whole=no
        say "$plan_set: automatic deployment is $(automatic_of "$plan_set"), not $plan_automatic"
    }
    for each in $(only_stuck "$late"); do
        is_whole=no
        IFS=/ read -r account where _ <<<"$each"
        unit=$(stacks_of "$plan_set" | awk -F'\t' -v account="$account" -v region="$where" '$1 == account && $2 == region {print $4}')
        say "$plan_set: the stack in $each is left out by every update. Let go of it, delete the stack StackSet-$plan_set-… in that account, and run this again:
aws cloudformation delete-stack-instances --region $region --call-as $call_as --stack-set-name $plan_set \\
    --regions $where --retain-stacks --deployment-targets '$(targets "$account" "$unit")'"
    done
    for each in $(without "$(about "$plan_set" units | tr ',' '\n')" "$plan_units"); do
        [ -z "$plan_account" ] && holds_wanted "$each" || continue
        is_whole=no
        say "$plan_set: $each is still among its units, so that accounts which join $each get it as well. What is there already is as you said. To have $each out, too: --remove, and this again"
    done
    [ "$is_whole" = yes ]
}
