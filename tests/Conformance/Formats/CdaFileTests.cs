using System.Xml.Linq;
using Xunit;
using Yunnao.Formats;

namespace Yunnao.Tests.Formats;

/// <summary>Public CDA documents, C-CDA and WS/T 500, read whole and compared with a second reader.</summary>
public sealed class CdaFileTests
{
    private static readonly RowPlan[] EachSection = [Plans.Of("*", "//section", null, "/ClinicalDocument/id", "./code/@code", "./text")];

    [Theory]
    [InlineData("cda", 73)]
    [InlineData("cda-cn-ws500", 54)]
    public async Task Every_document_gives_a_row_for_each_section_and_every_other_file_one_rejection(string folder, int documents)
    {
        var (read, others) = (0, 0);
        foreach (var file in ClinicalData.Files(folder))
        {
            var (sink, records) = await Plans.Cda(ClinicalData.Read(file), EachSection);
            Assert.Equal(1, records);
            if (SecondReader(file) is not { } sections)
            {
                others++;

                // Prefixes that were not declared are forgiven by us only.
                if (sink.Rows.Count > 0 || sink.Rejections[0].Code == "mapping.no-row") continue;
                Assert.Contains(Assert.Single(sink.Rejections).Code, (string[])["cda.no-document", "cda.xml"]);
                continue;
            }

            read++;
            Assert.True(sections == sink.Rows.Count, $"{Path.GetFileName(file)}: {sections} sections, {sink.Rows.Count} rows, {string.Join(' ', sink.Codes)}");
        }

        Assert.Equal(documents, read);
        Assert.True(others > 0);
    }

    /// <summary>Sections of a document by LINQ to XML; null when the file is no document.</summary>
    private static int? SecondReader(string file)
    {
        try
        {
            var root = XDocument.Load(file).Root!;
            return root.Name.LocalName == "ClinicalDocument" ? root.Descendants().Count(e => e.Name.LocalName == "section") : null;
        }
        catch (System.Xml.XmlException)
        {
            return null;
        }
    }
}
