/// How an audit's page looks: light and dark, phone and desk, forced colours and paper.
enum AuditPageStyle {
    /// The content of the only `style` element; its digest stands in the content policy.
    static let text = """
        :root{color-scheme:light dark;--paper:#fff;--ink:#1b1f24;--soft:#4b5563;--line:#6b7280;--hair:#d5d9de;
          --pane:#f4f6f8;--link:#0b4f9e;--critical:#98161d;--high:#b3470b;--medium:#7a5b00;--low:#35618e;
          --bar:#46607c;--badge-ink:#fff;--mark:#7a4300;--mark-pane:#fff4e0}
        @media (prefers-color-scheme:dark){:root{--paper:#14171b;--ink:#e8eaed;--soft:#b3bac3;--line:#8b949e;
          --hair:#3a4149;--pane:#1d2127;--link:#8cbcff;--critical:#ffb0ad;--high:#ffb98a;--medium:#f1d27a;
          --low:#a9ccf2;--bar:#9db6d0;--badge-ink:#14171b;--mark:#ffcf87;--mark-pane:#33270f}}
        *{box-sizing:border-box}
        [hidden]{display:none!important}
        html{-webkit-text-size-adjust:100%;text-size-adjust:100%}
        body{margin:0;background:var(--paper);color:var(--ink);font:1rem/1.5 system-ui,-apple-system,"Segoe UI",
          Roboto,"Noto Sans",sans-serif;overflow-wrap:anywhere}
        header,main,footer{max-width:80rem;margin:0 auto;padding:0 1rem}
        header{padding-top:1rem}
        header p,footer{color:var(--soft)}
        footer{padding-top:1rem;padding-bottom:3rem;font-size:.875rem}
        a{color:var(--link)}
        h1{margin:.25rem 0 .5rem;font-size:1.75rem;line-height:1.25}
        h2{margin:2rem 0 .5rem;padding-top:1rem;border-top:1px solid var(--hair);font-size:1.25rem;line-height:1.3}
        h3{margin:.75rem 0 .25rem;font-size:1rem}
        p,ul,dl{margin:.5rem 0}
        ul{padding-left:1.25rem}
        .skip{position:absolute;left:1rem;top:-10rem;padding:.5rem 1rem;background:var(--paper);
          border:2px solid var(--link)}
        .skip:focus{top:.5rem}
        :focus-visible{outline:3px solid var(--link);outline-offset:2px}
        .figures{display:grid;grid-template-columns:repeat(auto-fit,minmax(10rem,1fr));gap:.75rem;padding:0;
          list-style:none}
        .figures li{padding:.75rem 1rem;border:1px solid var(--hair);background:var(--pane)}
        .figures strong{display:block;font-size:2rem;line-height:1.2}
        .note{padding:.5rem 1rem;border-left:.375rem solid var(--mark);background:var(--mark-pane)}
        .charts{display:grid;grid-template-columns:repeat(auto-fit,minmax(min(100%,20rem),1fr));gap:1rem}
        rect.bar{fill:var(--bar)}rect.critical{fill:var(--critical)}rect.high{fill:var(--high)}
        rect.medium{fill:var(--medium)}rect.low{fill:var(--low)}
        dl{display:grid;grid-template-columns:1fr}
        dt{color:var(--soft);font-size:.875rem}
        dd{margin:0 0 .5rem}
        code{font-family:ui-monospace,SFMono-Regular,Consolas,"Liberation Mono",monospace;font-size:.9375em}
        table{width:100%;border-collapse:collapse}
        caption{padding:.5rem 0;text-align:left;color:var(--soft)}
        th,td{padding:.375rem .5rem;text-align:left;vertical-align:top}
        th{border-bottom:2px solid var(--line)}
        #places td{border-bottom:1px solid var(--hair)}
        #list .number{text-align:left}#list th{overflow-wrap:normal}
        .number{text-align:right;font-variant-numeric:tabular-nums}
        .chart{max-width:calc(100% - 1px);padding:.75rem;border:1px solid var(--hair);border-collapse:separate;border-spacing:0;font-size:.875rem;
          align-self:start}
        .chart caption{color:var(--ink);font-weight:700;font-size:1rem}
        .chart th,.chart td{padding:.125rem .375rem;border:0;font-weight:400;vertical-align:middle}
        .chart th{width:45%}.chart .number{width:1%;white-space:nowrap}
        svg{display:block;width:100%;height:1rem}
        th button{padding:.25rem;border:0;background:none;color:inherit;font:inherit;font-weight:700;text-align:left;
          cursor:pointer;text-decoration:underline;text-underline-offset:.2em}
        th button::after{content:" \\2195" / ""}
        [aria-sort=ascending] button::after{content:" \\2191" / ""}
        [aria-sort=descending] button::after{content:" \\2193" / ""}
        #list tbody{border-bottom:1px solid var(--hair)}
        #list td span{padding:.125rem .375rem;color:var(--badge-ink);font-size:.875rem;font-weight:700}
        span.critical{background:var(--critical)}span.high{background:var(--high)}
        span.medium{background:var(--medium)}span.low{background:var(--low)}
        summary{min-height:1.75rem;cursor:pointer}
        details{padding-left:.5rem;border-left:.25rem solid var(--hair)}
        form{display:grid;grid-template-columns:repeat(auto-fit,minmax(min(100%,14rem),1fr));gap:1rem;align-items:end}
        label{display:block;font-weight:700}
        input,select,form button{width:100%;min-height:2.75rem;padding:.375rem .625rem;border:2px solid var(--line);
          border-radius:.25rem;background:var(--paper);color:var(--ink);font:inherit}
        form button{width:auto;font-weight:700;cursor:pointer}
        @media (min-width:40em){header,main,footer{padding-left:2rem;padding-right:2rem}
          dl{grid-template-columns:12rem 1fr;column-gap:1rem}dd{grid-column:2}dt,dd{padding:.125rem 0;margin:0}
          }
        @media (min-width:60em){#list th:nth-child(6){width:26%}#list th:nth-child(7){width:32%}
          #list td:nth-child(-n+5){white-space:nowrap}#list td[colspan]{white-space:normal}}
        @media screen and (max-width:59.99em){
          #list,#list tbody,#list tr,#list td,#list caption,
          #places,#places tbody,#places tr,#places td,#places caption{display:block;width:100%}
          #places thead{display:none}#places tr{padding:.5rem 0;border-bottom:1px solid var(--hair)}
          #places td{display:grid;grid-template-columns:7rem 1fr;padding:.125rem 0;border:0}
          #places td::before{content:attr(data-label);color:var(--soft);font-size:.875rem}
          #list thead{display:block}#list thead tr{display:flex;flex-wrap:wrap}#list thead th{width:auto;border:0}
          #list tbody{padding:.5rem 0}#list td{display:grid;grid-template-columns:7rem 1fr;padding:.125rem 0;
          text-align:left}#list td[data-label]::before{content:attr(data-label);color:var(--soft);
          font-size:.875rem}#list td[colspan]{display:block;padding-top:.5rem}#list td span{justify-self:start}
          #list td br{display:none}#list td code{grid-column:2}}
        @media (forced-colors:active){rect{fill:CanvasText}
          #list td span{border:1px solid CanvasText}}
        @page{margin:14mm 12mm;@bottom-right{content:counter(page) " / " counter(pages);font-size:8pt}}
        @media print{thead{display:table-header-group;break-inside:avoid}tr{break-inside:auto}:root{color-scheme:light;--paper:#fff;--ink:#000;--soft:#333;--line:#666;--hair:#999;--pane:#fff;
          --link:#000;--critical:#000;--high:#333;--medium:#555;--low:#777;--bar:#555;--mark:#000;--mark-pane:#fff}
          body{font-size:9.5pt}header,main,footer{max-width:none;padding-left:0;padding-right:0}
          .skip,form,#shown{display:none}th button{display:none}th[data-name]::before{content:attr(data-name)}
          .charts{grid-template-columns:1fr 1fr}.chart,.figures li,#list tbody{break-inside:avoid}
          h2,h3{break-after:avoid}
          #list td span{border:1px solid #000;background:none;color:#000}
          dl{grid-template-columns:10rem 1fr}
          #list{font-size:8pt}#list td{padding:.125rem .375rem}
          #list td:nth-child(-n+5){white-space:nowrap}#list td[colspan]{white-space:normal}
          #list h3{display:inline;font-size:inherit}
          #list ul{display:inline;padding:0}#list li{display:inline}#list h3::after{content:": "}
          #list li::after{content:" "}#list dl{display:block;margin:.125rem 0}
          #list dt,#list dd{display:inline;padding:0;font-size:inherit}#list dt::after{content:": "}
          #list dd::after{content:"; "}#list th:nth-child(6){width:22%}#list th:nth-child(7){width:34%}}

        """
}
