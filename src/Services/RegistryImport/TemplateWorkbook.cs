using Yunnao.Formats.Xlsx;
using Yunnao.Standards;

namespace Yunnao.Services.RegistryImport;

/// <summary>
/// The workbook in which a standards manager writes data sets: a sheet for each file of the registry, drop-downs where a column has a
/// closed list. Filled in, it is imported as <c>template</c>.
/// </summary>
public static class TemplateWorkbook
{
    /// <summary>Writes the workbook.</summary>
    /// <param name="dataSets">Data sets to begin with, with their elements, value sets and checks; none for an empty form.</param>
    /// <param name="prompt">What to show beside a cell of a column, or null; by sheet and column.</param>
    public static void Write(Stream stream, Registry registry, IReadOnlyCollection<DataSet> dataSets, Func<string, string, string?> prompt)
    {
        var content = new TemplateRows(registry, dataSets);
        var choices = new TemplateChoices(registry);
        XlsxWriter.Write(stream, [.. TemplateSheet.All.Select(s => new XlsxSheet(
            s.Name,
            [.. Columns(s, content).Select(c => new XlsxColumn(c, prompt(s.Name, c), choices.Of(s.Name, c), TemplateChoices.OthersToo(c)))],
            content.Of(s.Name).Select(r => (IReadOnlyList<string>)[.. Columns(s, content).Select(c => r[c])])))]);
    }

    private static IEnumerable<string> Columns(TemplateSheet sheet, TemplateRows content) =>
        !sheet.Open ? sheet.Columns : sheet.Columns.Concat(content.Attributes());
}
