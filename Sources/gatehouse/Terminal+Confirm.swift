import Glibc

extension Terminal {
    /// Takes nothing but a typed yes. Throws where nobody can be asked, and for every other answer.
    ///
    /// - Parameter question: what would be done, a whole sentence.
    static func confirm(_ question: String) throws(CommandError) {
        guard isatty(STDIN_FILENO) == 1 else {
            throw CommandError(
                "cannot ask for confirmation without a terminal; nothing was changed. Run it in a terminal or add --yes."
            )
        }
        talk("\(question) Type 'yes' to go on:")
        guard readLine() == "yes" else { throw CommandError("not confirmed, so nothing was changed") }
    }
}
