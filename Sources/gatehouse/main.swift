import ArgumentParser
struct G: ParsableCommand {}
G.main()
