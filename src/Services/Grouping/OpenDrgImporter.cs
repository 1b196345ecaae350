using System.Text.RegularExpressions;
using Yunnao.Kernel;
using Yunnao.Services.RegistryImport;

namespace Yunnao.Services.Grouping;

/// <summary>
/// Takes the rules out of a grouping scheme of the OpenDRG project (github.com/OpenDRG/DRG_Python, a folder such as
/// <c>drg_group/chs_drg_11</c>) and writes them as a folder of rules. It reads the lists and conditions that the programs there consist of;
/// it runs none of them. A condition it does not know is a problem with file and line, and nothing is written. A folder with lists alone
/// (<c>CC.dat</c>, <c>MCC.dat</c>, <c>CCE.dat</c>, <c>ZD_MAP.dat</c> …: a code, a blank, a value) gives the tables of complications,
/// translations and names, and leaves the groups to whoever has them.
/// </summary>
public static partial class OpenDrgImporter
{
    private const string Operations = "OPERATIONS";

    private static readonly string[] Folders = ["", "DATA", "ICD"];

    /// <summary>Imports a scheme. Problems: <c>import.no-file</c>, <c>drg.unknown-rule</c>, <c>import.unreadable</c>.</summary>
    /// <returns>The number of groups and of codes in lists.</returns>
    public static Result<(int Groups, int Codes)> Import(string scheme, string into)
    {
        if (!File.Exists(Path.Combine(scheme, "Grouper.py")) && Reading.Find(scheme, "CC") is null)
            return new Problem(ProblemKind.NotFound, "import.no-file", "there is neither Grouper.py nor CC.dat: name the folder of a scheme, such as drg_group/chs_drg_11", new(scheme));
        try
        {
            return new Reading(scheme).Write(into);
        }
        catch (UnknownRuleException unknown)
        {
            return unknown.Problem;
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            return new Problem(ProblemKind.Incorrect, "import.unreadable", $"{failure.Message}", new(scheme));
        }
    }

    [GeneratedRegex(@"^  (?<name>\w+)=\[(?<values>.*)\]\s*$", RegexOptions.ExplicitCapture)]
    private static partial Regex ListLine();

    [GeneratedRegex("\"(?<value>[^\"]*)\"", RegexOptions.ExplicitCapture)]
    private static partial Regex Quoted();

    [GeneratedRegex(@"^  if (?<not>not \()?True(?<rest>.*?)(?(not)\)):\s*$", RegexOptions.ExplicitCapture)]
    private static partial Regex ConditionLine();

    [GeneratedRegex(@"result=(?<name>\w+)\.group\(record\)", RegexOptions.ExplicitCapture)]
    private static partial Regex Call();

    [GeneratedRegex(@"^\s+if \w+\.(?<name>\w+)_group\(record\):", RegexOptions.ExplicitCapture)]
    private static partial Regex GroupCall();

    [GeneratedRegex(@"^def (?<name>\w+)_group\(record\):", RegexOptions.ExplicitCapture)]
    private static partial Regex Definition();

    [GeneratedRegex("\"(?<part>\\d+)\" in ss_matched", RegexOptions.ExplicitCapture)]
    private static partial Regex PartTerm();

    [GeneratedRegex(@"^record\.(?<what>ageDay|weight)(?<sign><=|>=|<|>)(?<number>\d+)$", RegexOptions.ExplicitCapture)]
    private static partial Regex Bound();

    private sealed class UnknownRuleException(Problem problem) : Exception(problem.Message.ToString())
    {
        public Problem Problem { get; } = problem;
    }

    private sealed class Reading(string scheme)
    {
        private readonly List<string[]> _groups = [];
        private readonly List<string[]> _lists = [];
        private readonly Dictionary<string, string> _names = Pairs(Find(scheme, "DRG"));
        private readonly Dictionary<string, string> _complications = new(StringComparer.Ordinal);

        public Result<(int Groups, int Codes)> Write(string into)
        {
            if (File.Exists(Path.Combine(scheme, "Grouper.py")))
            {
                foreach (var code in Pairs(Data("SS_VALID")).Keys) _lists.Add([Operations, code]);
                foreach (var mdc in Calls(Path.Combine(scheme, "Grouper.py"))) Category(mdc);
                Table(into, "groups", GrouperFolder.GroupColumns, _groups);
                Table(into, "lists", ["list", "code"], _lists);
            }

            Table(into, "complications", ["code", "level", "exclusion"], Pairs(Data("MCC")).Select(p => new[] { p.Key, "MCC", p.Value }).Concat(Pairs(Data("CC")).Select(p => new[] { p.Key, "CC", p.Value })));
            Table(into, "exclusions", ["main_diagnosis", "exclusion"], Pairs(Data("CCE")).Select(p => new[] { p.Key, p.Value }));
            Table(into, "translations", ["source", "target"], Codes("ZD_MAP").Concat(Codes("SS_MAP")).Where(p => p[1] != "-"));
            Table(into, "names", ["code", "name"], Codes("ZD_INFO").Concat(Codes("SS_INFO")));
            return (_groups.Select(g => g[0]).Distinct().Count(), _lists.Count);
        }

        /// <summary>The file of a list, in the folder or in its DATA or ICD; null when there is none.</summary>
        public static string? Find(string folder, string list) =>
            Folders.Select(f => Path.Combine(folder, f, list + ".dat")).FirstOrDefault(File.Exists);

        private string? Data(string name) => Find(scheme, name);

        private IEnumerable<string[]> Codes(string name) => Pairs(Data(name)).Select(p => new[] { p.Key, p.Value });

        /// <summary>A major category: its condition and, in order, its adjacent groups.</summary>
        private void Category(string mdc)
        {
            var file = Path.Combine(scheme, "MDC", mdc + ".py");
            var lines = File.ReadAllLines(file);
            var row = Row(mdc, "", "");
            foreach (var alternative in Condition(mdc, file, lines)) _groups.Add(Fill(row, alternative));
            foreach (var adrg in Calls(file)) Adjacent(adrg, mdc);
        }

        private void Adjacent(string adrg, string mdc)
        {
            var file = Path.Combine(scheme, "ADRG", adrg + ".py");
            var lines = File.ReadAllLines(file);
            foreach (var alternative in Condition(adrg, file, lines)) _groups.Add(Fill(Row(adrg, mdc, ""), alternative));
            foreach (var line in lines)
            {
                if (GroupCall().Match(line) is not { Success: true } call) continue;
                var drg = call.Groups["name"].Value;
                var row = Row(drg, adrg, _names.GetValueOrDefault(drg, ""));
                row[10] = Complication(mdc, drg);
                _groups.Add(row);
            }
        }

        /// <summary>What a group asks of the complications: the line below its function.</summary>
        private string Complication(string mdc, string drg)
        {
            if (_complications.TryGetValue(drg, out var known)) return known;
            var file = Path.Combine(scheme, "DRG", mdc + "_DRG.py");
            var lines = File.ReadAllLines(file);
            for (var i = 0; i + 1 < lines.Length; i++)
            {
                if (Definition().Match(lines[i]) is not { Success: true } definition) continue;
                _complications[definition.Groups["name"].Value] = lines[i + 1].Trim() switch
                {
                    "return True" => "",
                    var text when text.Contains("has_mcc", StringComparison.Ordinal) && text.Contains("has_cc", StringComparison.Ordinal) => "CC",
                    var text when text.EndsWith("and has_mcc(record.zdList[0],record.zdList[1:])", StringComparison.Ordinal) => "MCC",
                    _ => throw Unknown(file, i + 1, lines[i + 1]),
                };
            }

            return _complications.GetValueOrDefault(drg) ?? throw Unknown(file, 0, $"no function {drg}_group");
        }

        /// <summary>The alternatives of a condition, each as column → value. The lists it names are added.</summary>
        private IEnumerable<Dictionary<int, string>> Condition(string group, string file, string[] lines)
        {
            var lists = new Dictionary<string, string[]>(StringComparer.Ordinal);
            for (var i = 0; i < lines.Length; i++)
            {
                if (ListLine().Match(lines[i]) is { Success: true } list) lists[list.Groups["name"].Value] = [.. Quoted().Matches(list.Groups["values"].Value).Select(m => m.Groups["value"].Value)];
                if (ConditionLine().Match(lines[i]) is not { Success: true } condition) continue;
                var row = new Dictionary<int, string>();
                var alternatives = new List<string>();
                foreach (var term in Terms(condition.Groups["rest"].Value)) Term(group, term, lists, row, alternatives, () => Unknown(file, i, term));
                if (lists.TryGetValue("mdc_zd", out var heads) && heads.Any(h => h.EndsWith("创伤", StringComparison.Ordinal))) Parts(group, heads, row);
                return alternatives.Count == 0 ? [row] : alternatives.Select(a => new Dictionary<int, string>(row) { [6] = a });
            }

            throw Unknown(file, 0, "no condition");
        }

        private void Term(string group, string term, Dictionary<string, string[]> lists, Dictionary<int, string> row, List<string> alternatives, Func<UnknownRuleException> unknown)
        {
            switch (term)
            {
                case "record.ssList" or "record.weight" or "record.ageDay!=None": return;
                case "record.zdList[0] in adrg_zd": row[3] = List($"{group}.dx", lists["adrg_zd"]); return;
                case "record.zdList[0] in mdc_zd": row[3] = List($"{group}.dx", lists["mdc_zd"].Where(c => !c.EndsWith("创伤", StringComparison.Ordinal))); return;
                case "intersect(record.zdList,adrg_zd)": row[4] = List($"{group}.dx", lists["adrg_zd"]); return;
                case "record.ssList[0] in adrg_ss": row[5] = List($"{group}.op", lists["adrg_ss"]); return;
                case "record.ssList[0] in SS_VALID": row[5] = Operations; return;
                case "intersect(record.ssList,adrg_ss)": row[6] = $"{row.GetValueOrDefault(6)} {List($"{group}.op", lists["adrg_ss"])}".Trim(); return;
                case "intersect(record.ssList,adrg_ss1)": row[6] = $"{row.GetValueOrDefault(6)} {List($"{group}.op2", lists["adrg_ss1"])}".Trim(); return;
                case "not intersect(record.ssList,SS_VALID)": row[7] = Operations; return;
                case "record.gender==1": row[11] = "1"; return;
                case "record.gender==2": row[11] = "2"; return;
                case "int(record.age)==0": row[12] = "0..0"; return;
                default: break;
            }

            if (Bound().Match(term) is { Success: true } bound) Range(row, bound.Groups["what"].Value == "ageDay" ? 13 : 14, bound.Groups["sign"].Value, int.Parse(bound.Groups["number"].Value));
            else if (term.StartsWith('(') && PartTerm().IsMatch(term)) Matched(group, term, lists, alternatives);
            else throw unknown();
        }

        /// <summary>Operations in numbered parts: <c>("1" in … or ("2" in … and "3" in …))</c> is the alternatives 1 and 2 3.</summary>
        private void Matched(string group, string term, Dictionary<string, string[]> lists, List<string> alternatives)
        {
            var (codes, parts) = (lists["adrg_ss"], lists["adrg_ss1"]);
            var seen = new HashSet<string>(StringComparer.Ordinal);
            for (var i = 0; i < codes.Length; i++)
                if (seen.Add(codes[i])) _lists.Add([$"{group}.op{parts[i]}", codes[i]]);
            foreach (var alternative in term.Split(" or "))
                alternatives.Add(string.Join(' ', PartTerm().Matches(alternative).Select(m => $"{group}.op{m.Groups["part"].Value}")));
        }

        /// <summary>Multiple injuries: the list has headings of body parts, and two of them are needed. A code under two headings is of the last.</summary>
        private void Parts(string group, string[] heads, Dictionary<int, string> row)
        {
            var partOf = new Dictionary<string, string>(StringComparer.Ordinal);
            var parts = new List<string>();
            foreach (var text in heads)
            {
                if (text.EndsWith("创伤", StringComparison.Ordinal)) parts.Add($"{group}.part{parts.Count + 1}");
                else partOf[text] = parts[^1];
            }

            foreach (var (code, part) in partOf) _lists.Add([part, code]);
            (row[8], row[9]) = (string.Join(' ', parts), "2");
        }

        private string List(string name, IEnumerable<string> codes)
        {
            foreach (var code in codes.Distinct(StringComparer.Ordinal)) _lists.Add([name, code]);
            return name;
        }

        private static void Range(Dictionary<int, string> row, int column, string sign, int number)
        {
            var ends = row.GetValueOrDefault(column, "..").Split("..");
            if (sign is ">=" or ">") ends[0] = (sign == ">" ? number + 1 : number).ToString(System.Globalization.CultureInfo.InvariantCulture);
            else ends[1] = (sign == "<" ? number - 1 : number).ToString(System.Globalization.CultureInfo.InvariantCulture);
            row[column] = $"{ends[0]}..{ends[1]}";
        }

        /// <summary>The terms that <c>and</c> joins outside of brackets.</summary>
        private static IEnumerable<string> Terms(string text)
        {
            var (depth, start) = (0, 0);
            for (var i = 0; i <= text.Length; i++)
            {
                var ends = i == text.Length || (depth == 0 && string.CompareOrdinal(text, i, " and ", 0, 5) == 0);
                if (ends)
                {
                    if (text[start..i].Trim() is { Length: > 0 } term) yield return term;
                    start = i + 5;
                    i += i == text.Length ? 0 : 4;
                }
                else if (text[i] == '(') depth++;
                else if (text[i] == ')') depth--;
            }
        }

        private static string[] Row(string group, string parent, string name)
        {
            var row = Enumerable.Repeat("", 15).ToArray();
            (row[0], row[1], row[2]) = (group, parent, name);
            return row;
        }

        private static string[] Fill(string[] row, Dictionary<int, string> values)
        {
            var filled = (string[])row.Clone();
            foreach (var (column, value) in values) filled[column] = value;
            return filled;
        }

        private static IEnumerable<string> Calls(string file) => File.ReadLines(file).Select(l => Call().Match(l)).Where(m => m.Success).Select(m => m.Groups["name"].Value);

        private static Dictionary<string, string> Pairs(string? file)
        {
            var pairs = new Dictionary<string, string>(StringComparer.Ordinal);
            if (file is null) return pairs;
            if (!ForeignTable.Open(file).Try(out var table, out var problem)) throw new UnknownRuleException(problem);
            foreach (var row in table.Rows) pairs[row[0]] = row[1];
            return pairs;
        }

        private static void Table(string into, string name, string[] header, IEnumerable<string[]> rows)
        {
            using var file = new CsvFile(Path.Combine(into, name + ".csv"));
            file.Write(header);
            foreach (var row in rows) file.Write(row);
        }

        private static UnknownRuleException Unknown(string file, int line, string text) =>
            new(new(ProblemKind.Unsupported, "drg.unknown-rule", $"nothing here reads the rule: {text.Trim()}", new(file, line + 1)));
    }
}
