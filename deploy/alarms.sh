# shellcheck shell=bash
# shellcheck disable=SC2154 # the caller sets `stack`
# The smoke test of a stack's alarms. Sourced behind aws.sh.

# Sets off each alarm of the stack and looks whether its action, the message, was taken.
try_alarms() {
    local alarms alarm value since found round waiting silent failed=()
    alarms=$(call cloudformation list-stack-resources --stack-name "$stack" --output text \
        --query "StackResourceSummaries[?ResourceType=='AWS::CloudWatch::Alarm'].PhysicalResourceId") ||
        fail "the alarms of the stack $stack cannot be listed"
    read -r -a waiting <<<"${alarms//$'\n'/ }"
    [ ${#waiting[@]} -gt 0 ] || fail "the stack $stack has no alarms"
    since=$(date -u +%Y-%m-%dT%H:%M:%SZ)
    for alarm in "${waiting[@]}"; do
        # Its own metrics set it right again; from OK to ALARM is what acts.
        for value in OK ALARM; do
            call cloudwatch set-alarm-state --alarm-name "$alarm" --state-value "$value" \
                --state-reason 'A test by deploy/install --test-alarms: nothing happened.' ||
                fail "the alarm $alarm cannot be set off"
        done
    done
    for round in 1 2 3 4 5 6 7 8 9 10; do
        [ "$round" = 1 ] || sleep 3
        silent=()
        for alarm in "${waiting[@]}"; do
            found=$(call cloudwatch describe-alarm-history --alarm-name "$alarm" --history-item-type Action --start-date "$since" \
                --query "AlarmHistoryItems[].HistorySummary" --output text) || fail "the history of the alarm $alarm cannot be read"
            case "$found" in
                *Successfully*) say "the alarm $alarm reached the topic" ;;
                *Failed*) failed+=("$alarm") ;;
                *) silent+=("$alarm") ;;
            esac
        done
        waiting=(${silent[@]+"${silent[@]}"})
        [ ${#waiting[@]} -gt 0 ] || break
    done
    for alarm in $alarms; do
        call cloudwatch set-alarm-state --alarm-name "$alarm" --state-value OK --state-reason 'deploy/install --test-alarms is done' || true
    done
    failed+=(${waiting[@]+"${waiting[@]}"})
    [ ${#failed[@]} -eq 0 ] ||
        fail "no message of these alarms was taken by the topic (see its policy and its key's): ${failed[*]}"
    say "every alarm reaches the topic; whether a message arrives is for its subscribers to say"
}
