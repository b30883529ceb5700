/// How the approval page looks: the same on every page, so that its digest stands in the content policy.
package enum PageStyle {
    /// The content of the only `style` element: light and dark, phone and desk, forced colours and paper.
    package static let text = """
        :root{color-scheme:light dark;--paper:#fff;--ink:#1b1f24;--soft:#4b5563;--line:#6b7280;--hair:#d5d9de;
          --pane:#f4f6f8;--link:#0b4f9e;--ring:#0b4f9e;--more:#0f5a24;--more-pane:#e3f4e7;--less:#98161d;
          --less-pane:#fdeaea;--mark:#7a4300;--mark-pane:#fff4e0;--go:#98161d;--go-ink:#fff}
        @media (prefers-color-scheme:dark){:root{--paper:#14171b;--ink:#e8eaed;--soft:#b3bac3;--line:#8b949e;
          --hair:#3a4149;--pane:#1d2127;--link:#8cbcff;--ring:#8cbcff;--more:#8fe3a3;--more-pane:#12301b;
          --less:#ffb0ad;--less-pane:#3c1a1b;--mark:#ffcf87;--mark-pane:#33270f;--go:#ffb0ad;--go-ink:#2b0708}}
        *{box-sizing:border-box}
        html{-webkit-text-size-adjust:100%;text-size-adjust:100%}
        body{margin:0;background:var(--paper);color:var(--ink);font:1rem/1.5 system-ui,-apple-system,"Segoe UI",
          Roboto,"Noto Sans",sans-serif;overflow-wrap:anywhere}
        header,main,footer{max-width:50rem;margin:0 auto;padding:0 1rem}
        header{padding-top:1rem;color:var(--soft)}
        footer{padding-top:1rem;padding-bottom:3rem;color:var(--soft);font-size:.875rem}
        a{color:var(--link)}
        h1{margin:.25rem 0 .5rem;font-size:1.75rem;line-height:1.25}
        h2{margin:2rem 0 .5rem;padding-top:1rem;border-top:1px solid var(--hair);font-size:1.25rem;
          line-height:1.3}
        h3{margin:1.25rem 0 .25rem;font-size:1rem}
        p,ul,dl{margin:.5rem 0}
        ul{padding-left:1.25rem}
        li{margin:.25rem 0}
        .lead{font-size:1.125rem}
        .skip{position:absolute;left:1rem;top:-10rem;padding:.5rem 1rem;background:var(--paper);
          border:2px solid var(--ring)}
        .skip:focus{top:.5rem}
        dl{display:grid;grid-template-columns:1fr}
        dt{color:var(--soft);font-size:.875rem}
        dd{margin:0 0 .75rem}
        code,pre{font-family:ui-monospace,SFMono-Regular,Consolas,"Liberation Mono",monospace;font-size:.9375em}
        .note{margin:1rem 0;padding:.5rem 1rem;border-left:.375rem solid var(--mark);
          background:var(--mark-pane)}
        .diff{overflow-x:auto;margin:.5rem 0;border:1px solid var(--line);background:var(--pane)}
        .diff pre{display:block;width:max-content;min-width:100%;margin:0;padding:.5rem 0;overflow-wrap:normal}
        .diff span,.diff ins,.diff del{display:block;padding:0 .75rem;text-decoration:none;white-space:pre}
        .diff span{padding-left:1.125rem}
        .diff ins{border-left:.375rem solid var(--more);background:var(--more-pane);color:var(--more);
          font-weight:700}
        .diff del{border-left:.375rem double var(--less);background:var(--less-pane);color:var(--less);
          font-style:italic}
        label{display:block;margin-top:1rem;font-weight:700}
        .hint{color:var(--soft);margin:.125rem 0 .375rem}
        input,textarea{display:block;width:100%;min-height:3rem;padding:.5rem .75rem;
          border:2px solid var(--line);border-radius:.25rem;background:var(--paper);color:var(--ink);
          font:inherit}
        textarea{min-height:6rem;resize:vertical}
        .choices{display:grid;gap:1rem;margin-top:1.5rem}
        .choices p{margin:.375rem 0 0;color:var(--soft)}
        button{width:100%;min-height:3.25rem;padding:.75rem 1rem;border:2px solid var(--ink);
          border-radius:.25rem;background:var(--paper);color:var(--ink);font:inherit;font-weight:700;
          cursor:pointer}
        button[value=approve]{border-color:var(--go);background:var(--go);color:var(--go-ink)}
        button:hover{text-decoration:underline}
        button[disabled]{display:none}
        :focus-visible{outline:3px solid var(--ring);outline-offset:3px}
        h2:target{scroll-margin-top:1rem}
        @media (min-width:40em){header,main,footer{padding-left:2rem;padding-right:2rem}h1{font-size:2.125rem}
          dl{grid-template-columns:11rem 1fr;column-gap:1rem}dd{grid-column:2}dt,dd{padding:.25rem 0;margin:0;font-size:1rem}
          .choices{grid-template-columns:1fr 1fr}}
        @media (forced-colors:active){.diff ins,.diff del,.note{border-left-color:CanvasText}
          button,button[value=approve]{background:ButtonFace;color:ButtonText;border-color:ButtonText}}
        @media print{:root{color-scheme:light;--paper:#fff;--ink:#000;--soft:#333;--line:#666;--hair:#999;
          --pane:#fff;--more:#000;--more-pane:#fff;--less:#000;--less-pane:#fff;--mark:#000;--mark-pane:#fff;
          --link:#000}header,main,footer{max-width:none;padding-left:0;padding-right:0}.skip,form{display:none}
          .diff{overflow:visible}.diff pre{width:auto}.diff span,.diff ins,.diff del{white-space:pre-wrap;
          overflow-wrap:anywhere}h2,h3{break-after:avoid}li,dt{break-inside:avoid}}

        """
}
