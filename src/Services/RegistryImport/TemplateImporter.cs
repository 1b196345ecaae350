using Yunnao.Formats.Xlsx;
using Yunnao.Kernel;
using Yunnao.Standards.Loading;

namespace Yunnao.Services.RegistryImport;

/// <summary>Workbooks that were filled in from <see cref="TemplateWorkbook"/>: a sheet a file of the registry, a row an entry.</summary>
internal sealed class TemplateImporter : IRegistryFileImporter
{
    public Problem? Import(IReadOnlyList<string> files, ImportOptions options, RegistryDraft draft)
    {
        foreach (var file in files)
        {
            if (!XlsxReader.Open(file).Try(out var book, out var problem)) return problem;
            using (book)
            {
                if (Import(book, file, draft) is { } failed) return failed;
            }
        }

        return null;
    }

    private static Problem? Import(XlsxReader book, string file, RegistryDraft draft)
    {
        var sheets = new Dictionary<string, List<Row>>(StringComparer.Ordinal);
        foreach (var sheet in TemplateSheet.All.Where(s => book.Sheets.Contains(s.Name)))
        {
            if (!Read(book, sheet, file).Try(out var rows, out var problem)) return problem;
            sheets.Add(sheet.Name, rows);
        }

        if (sheets.Count == 0)
        {
            return new(ProblemKind.Incorrect, "import.no-columns", "none of its sheets is one of the template: yunnao standards export template", new Place(file));
        }

        List<Row> Of(string name) => sheets.GetValueOrDefault(name, []);
        foreach (var unit in Of("units")) draft.Unit(unit);
        Owned(Of("valuesets"), Of("codes").GroupBy(c => c.Take("value_set")), draft.ValueSet, "codes-without-set", draft);
        foreach (var element in Of("elements")) draft.Element(element);
        Owned(Of("datasets"), Of("items").GroupBy(i => i.Take("dataset")), (head, items) => draft.DataSet(head, [.. items]), "items-without-set", draft);
        foreach (var check in Of("checks")) draft.Check(check);
        return null;
    }

    private static void Owned(
        List<Row> heads, IEnumerable<IGrouping<string, Row>> groups, Func<Row, IEnumerable<Row>, bool> put, string orphaned, RegistryDraft draft)
    {
        var rows = groups.ToDictionary(g => g.Key, g => g.ToList(), StringComparer.Ordinal);
        foreach (var head in heads) put(head, rows.GetValueOrDefault(head["id"], []));
        foreach (var id in rows.Keys.Except(heads.Select(h => h["id"]))) draft.Report.Leave(orphaned, id, rows[id].Count);
    }

    private static Result<List<Row>> Read(XlsxReader book, TemplateSheet sheet, string file)
    {
        using var rows = book.Rows(sheet.Name).GetEnumerator();
        if (!rows.MoveNext()) return new List<Row>();
        var header = rows.Current;
        var unknown = sheet.Open ? null : header.FirstOrDefault(h => h.Length > 0 && !sheet.Columns.Contains(h));
        var missing = RegistryColumns.Required(sheet.File).FirstOrDefault(c => !header.Contains(c));
        if (unknown is not null || missing is not null)
        {
                        return new Problem(ProblemKind.Incorrect, "import.no-columns", unknown is not null ? (Sentence)$"sheet {sheet.Name} has an unknown column '{unknown}'" : $"sheet {sheet.Name} has no column '{missing}'", new Place(file));
        }

        var read = new List<Row>();
        while (rows.MoveNext())
        {
            var row = new Row();
            foreach (var (column, cell) in header.Zip(rows.Current).Where(c => c.First.Length > 0)) row[column] = cell;
            read.Add(row);
        }

        return read;
    }
}
