# shellcheck shell=bash
# shellcheck disable=SC2154 # the caller sets `stack`, `region`, `account`, `partition` and `ask`
# A sample finding through a deployed stack, from event to mail. Sourced behind aws.sh.

# How many seconds an execution may take. With functions that start cold it is about ten.
smoke_patience=180

# Shows how far the sample gets: 0 with a message, 1 where something failed, 3 where nothing failed and nobody was told.
smoke_test() {
    local mode work id analyzer now status=0
    command -v python3 >/dev/null || { say "python3 is not on the PATH: it reads the functions' answers. No smoke test"; return 1; }
    # Assigned one by one: inside a declaration a failure would pass unseen.
    smoke_workflow=$(output Workflow)
    smoke_function=''
    [ -n "$smoke_workflow" ] || smoke_function=$(output Function)
    [ -n "$smoke_workflow$smoke_function" ] || { say "the stack $stack has neither workflow nor function: is it Gatehouse's?"; return 1; }
    mode=$(parameter Mode)
    if [ "$mode" != observe ] && ! confirm "The stack $stack is in the mode $mode. The sample's resource does not exist, so nothing can be changed; people get a message. Send it?"; then
        say "nothing was sent"
        return 1
    fi
    work=$(mktemp -d)
    # shellcheck disable=SC2064 # the folder of now
    trap "rm -rf '$work'" EXIT
    now=$(date -u +%Y-%m-%dT%H:%M:%SZ)
    id=$(printf '%04x%04x-%04x-4%03x-8%03x-%04x%04x%04x' $RANDOM $RANDOM $RANDOM $((RANDOM % 4096)) $((RANDOM % 4096)) $RANDOM $RANDOM $RANDOM)
    smoke_resource=arn:$partition:sqs:$region:$account:gatehouse-smoke-test-there-is-no-such-queue
    printf '%s\n' "A sample finding in the mode $mode. It is about the queue gatehouse-smoke-test-there-is-no-such-queue, which does" \
        "not exist, and says that Access Analyzer could not look at it: no rule can have that blocked, in no mode."

    analyzer=$(call accessanalyzer list-analyzers --output text \
        --query "analyzers[?status=='ACTIVE' && (type=='ACCOUNT' || type=='ORGANIZATION')].arn | [0]" 2>/dev/null) || analyzer=None
    if [ "$analyzer" = None ] || [ -z "$analyzer" ]; then
        printf '%s\n' "1. event: left out, since no analyzer is to be seen in $region that it could be from"
    else
        smoke_event "$id" "$now" "$analyzer" >"$work/event"
        smoke_step "1. event" "$work" "event-$id" told=no || status=$?
        # 3: nobody was told, as it should be of a finding that Access Analyzer does not have.
        case "$status" in
            0) smoke_end; return 0 ;;
            3) status=0 ;;
            *) return 1 ;;
        esac
    fi
    # Without an analyzer nobody can be asked whether the finding is there, and it goes all the way.
    smoke_case "$id" "$now" >"$work/event"
    smoke_step "2. case" "$work" "case-$id" told=yes || status=$?
    [ "$status" != 0 ] || smoke_end
    return "$status"
}

smoke_end() {
    printf '%s\n' "The way from event to message works. Whether the mail arrives only its readers can say: its subject names the queue." \
        "Who has not confirmed the subscription gets none." \
        "EventBridge takes no events of Access Analyzer from others, so the event rule was not tried here: gatehouse doctor does." \
        "The first real one: up to 30 minutes until Access Analyzer has seen a changed policy, and up to an hour more for its event."
}

smoke_detail() {
    printf '"id": "%s", "status": "ACTIVE", "resourceType": "AWS::SQS::Queue", "resource": "%s", "accountId": "%s", "region": "%s", ' \
        "$1" "$smoke_resource" "$account" "$region"
    printf '"createdAt": "%s", "analyzedAt": "%s", "updatedAt": "%s", "isDeleted": false, "error": "ACCESS_DENIED"' "$2" "$2" "$2"
}

# smoke_event ID TIME ANALYZER: an event as Access Analyzer sends it.
smoke_event() {
    printf '{"version": "0", "id": "%s", "detail-type": "Access Analyzer Finding", "source": "aws.access-analyzer", ' "$1"
    printf '"account": "%s", "time": "%s", "region": "%s", "resources": ["%s"], ' "$account" "$2" "$region" "$3"
    printf '"detail": {"version": "1.0", %s}}' "$(smoke_detail "$1" "$2")"
}

# smoke_case ID TIME: the same as the functions hand it on, of no analyzer.
smoke_case() { printf '{"finding": {"kind": "ExternalAccess", %s}}' "$(smoke_detail "$1" "$2")"; }

# smoke_step TITLE FOLDER NAME told=yes|no: hands the folder's `event` on, and shows what became of it.
smoke_step() {
    local title=$1 work=$2 name=$3 started=$SECONDS execution answer state
    if [ -n "$smoke_function" ]; then
        if ! call lambda invoke --function-name "$smoke_function" --cli-read-timeout 130 --payload "fileb://$work/event" \
            --query FunctionError --output text "$work/answer" >"$work/error"; then
            printf '%s\n' "$title: the function $smoke_function cannot be invoked: see above"
            return 1
        fi
        if [ "$(cat "$work/error")" != None ]; then
            printf '%s\n' "$title: the function $smoke_function failed: $(head -c 1000 "$work/answer")" \
                "   -> the log group $(output FunctionLogs), level = ERROR (deploy/README.md, When something fails)"
            return 1
        fi
        printf '%s\n' "$title: answered by the function $smoke_function in $((SECONDS - started)) s"
    else
        if ! execution=$(call stepfunctions start-execution --state-machine-arn "$smoke_workflow" --name "smoke-test-$name" \
            --input "file://$work/event" --query executionArn --output text); then
            printf '%s\n' "$title: the workflow cannot be started: see above. Are you allowed states:StartExecution on $smoke_workflow?"
            return 1
        fi
        while :; do
            if ! state=$(call stepfunctions describe-execution --execution-arn "$execution" --query status --output text); then
                printf '%s\n' "$title: the execution $execution was started and cannot be looked at: see above"
                return 1
            fi
            [ "$state" = RUNNING ] || break
            if [ $((SECONDS - started)) -ge "$smoke_patience" ]; then
                printf '%s\n' "$title: not done after $smoke_patience s, which is long: $execution" \
                    "   -> Step Functions in the console shows the step that it is in; gatehouse doctor looks at the functions"
                return 1
            fi
            sleep 2
        done
        if [ "$state" != SUCCEEDED ]; then
            answer=$(call stepfunctions describe-execution --execution-arn "$execution" --query '[error, cause]' --output text) || answer=''
            printf '%s\n' "$title: the execution ended $state: ${answer:0:1000}" "   $execution" \
                "   -> the log group $(output FunctionLogs), level = ERROR (deploy/README.md, When something fails)"
            return 1
        fi
        printf '%s\n' "$title: answered by the workflow in $((SECONDS - started)) s, $execution"
        call stepfunctions describe-execution --execution-arn "$execution" --query output --output text >"$work/answer" || return 1
    fi
    smoke_tell "$4" "$work/answer"
}

# smoke_tell told=yes|no ANSWER: the case's decision, outcome and message, each a line, and what to do where one is missing.
smoke_tell() {
    python3 - "$1" "$2" <<'PYTHON'
import json
import sys

wanted = sys.argv[1] == "told=yes"
try:
    with open(sys.argv[2], encoding="utf-8") as file:
        case = json.load(file)
except ValueError:
    case = None
if not isinstance(case, dict):
    sys.exit("   the answer is not a case: are the functions of another version?")


def line(name, text):
    text = "".join(letter if letter.isprintable() else "?" for letter in str(text))
    print(f"   {name:<9}{text[:1000]}")


outcome, notification = case.get("outcome") or {}, case.get("notification") or {}
decision = case.get("decision") or {}
if outcome.get("status") == "IGNORED" and not wanted:
    line("outcome", f"IGNORED: {outcome.get('summary', '')}")
    line("", "As it should be: the event was read, and Access Analyzer was asked whether it has such a finding.")
    sys.exit(3)
if decision:
    risk = f", risk {decision['risk']} of 100" if "risk" in decision else ""
    line("decision", f"{decision.get('action')} by the rule {decision.get('rule')}{risk}")
    for reason in decision.get("reasons", []):
        line("", reason)
else:
    line("decision", "none: the step that decides did not answer")
line("outcome", f"{outcome['status']}: {outcome.get('summary', '')}" if outcome else "none: nothing is done about it but telling")
if notification.get("messageId"):
    line("message", f"{notification['messageId']} to {notification.get('topicArn')}")
    sys.exit(0)
if notification:
    line("message", json.dumps(notification))
    line("", "-> it was not sent, as it says")
elif decision.get("action") in ("IGNORE", "ARCHIVE"):
    line("message", f"none, since your rules say {decision['action']} for it")
    line("", "-> nothing is wrong; rules that say NOTIFY for a queue that could not be analysed would show the rest")
else:
    line("message", "none")
    line("", "-> GATEHOUSE_TOPIC_ARN of the function notify: deploy/install sets it")
sys.exit(3)
PYTHON
}
