import AWSClient
import AWSOperations
import ArgumentParser
import Basics
import Glibc
import Handlers
import LosslessJSON
import Policies

/// Looks whether everything is there that Gatehouse needs.
struct Doctor: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Look whether everything is there that Gatehouse needs, and say what mends it.",
        discussion: """
            Reads and changes nothing. One line for each check, with ok, warning or FAIL, and below it what mends it. What \
            is deployed is read from the stack and its functions; where there is no stack, from this process's GATEHOUSE_ \
            settings. What your credentials may not ask is a warning that names the permission.

            Exit status: 0, also with warnings; 1 where something stops Gatehouse from working.
            It looks at AWS alone: an account in a file (--account) has no stack, rule or topic to look at.

            EXAMPLES
              gatehouse doctor --region eu-central-1
              gatehouse doctor --stack gatehouse-test --profile audit --json
              gatehouse doctor --member 111122223333

            Read on: deploy/README.md
            """
    )

    @OptionGroup var place: CommandTargetOptions

    @Option(help: "The name of the stack (without it: gatehouse).")
    var stack: String?

    @Option(
        help: ArgumentHelp(
            "The ledger's DynamoDB table, by name or ARN, in the place of the deployed one.",
            valueName: "table"
        )
    )
    var ledger: String?

    @Option(help: "Another account whose member role is to be assumed, as a check.")
    var member: String?

    @Flag(help: "Print JSON and nothing else.")
    var json = false

    func validate() throws {
        guard place.account == nil else {
            throw ValidationError(
                "--account: doctor looks at AWS; an account in a file has no stack, rule or topic to look at."
            )
        }
        if let member, !member.isAccountID {
            throw ValidationError("--member wants an account of 12 digits, not \(member)")
        }
        if let stack, !Self.isStackName(stack) { throw ValidationError("--stack: '\(stack)' is no name of a stack") }
    }

    /// Source: https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_CreateStack.html
    private static func isStackName(_ text: String) -> Bool {
        (1...128).contains(text.utf8.count)
            && text.utf8.allSatisfy { byte in
                byte.isDigitASCII || byte.isLowercaseASCII || (0x41...0x5A).contains(byte) || byte == UInt8(ascii: "-")
            }
    }

    func run() async throws {
        let results = await Examination.all(self)
        let failed = results.count { $0.status == .failed }
        let warnings = results.count { $0.status == .warning }
        if json {
            let answer: JSON = [
                "failed": .int(failed), "warnings": .int(warnings), "checks": .array(results.map(\.json)),
            ]
            try Terminal.output(answer.text(.pretty))
        } else {
            for line in results.flatMap(\.lines) { try Terminal.output(line) }
            let verdict =
                failed == 0 ? "nothing stops Gatehouse from working" : "Gatehouse does not work before FAIL is mended"
            Terminal.talk("\(results.count - failed - warnings) ok, \(warnings) warning, \(failed) FAIL: \(verdict)")
        }
        if failed > 0 { throw ExitCode.failure }
    }
}
