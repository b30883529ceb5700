import LosslessJSON
import Rules

extension CheckedRules {
    /// The problems of all files as SARIF.
    static func sarif(_ checks: [CheckedRules], isStrict: Bool) -> JSON {
        func level(_ code: RuleCode) -> SARIFLog.Level { code.isError || isStrict ? .error : .warning }
        let codes = Set(checks.flatMap { $0.problems.map(\.problem.code.rawValue) }).sorted()
        let rules = codes.compactMap(RuleCode.init(rawValue:)).map { code in
            SARIFLog.Rule(
                id: code.rawValue,
                name: "\(code)",
                title: code.page.title,
                text: code.page.text,
                help: (code.page.plainText, code.pageMarkdown),
                level: level(code)
            )
        }
        let results = checks.flatMap { check in
            check.problems.map { located in
                SARIFLog.Result(
                    ruleID: located.problem.code.rawValue,
                    level: level(located.problem.code),
                    message: located.problem.description,
                    path: check.path,
                    line: located.line,
                    column: located.column
                )
            }
        }
        return SARIFLog(tool: "gatehouse rules check", rules: rules, results: results).json
    }
}
