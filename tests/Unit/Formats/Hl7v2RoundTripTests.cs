using System.Text;
using CsCheck;
using Xunit;

namespace Yunnao.Tests.Formats;

public sealed class Hl7v2RoundTripTests
{
    [Fact]
    public async Task What_is_escaped_into_fields_repetitions_and_components_comes_back()
    {
        var text = Gen.String[Gen.OneOf(Gen.Char["|^~\\&#\r\n\"张三"], Gen.Char['a', 'z']), 0, 12];
        var field = text.Array[1, 3].Array[1, 3].Array[1, 3];
        await Gen.Select(field.Array[1, 4], Gen.Bool).SampleAsync(async (fields, hexadecimal) =>
        {
            var segment = string.Join('|', fields.Select(f => string.Join('~', f.Select(r => string.Join('^', r.Select(c => string.Join('&', c.Select(s => Escape(s, hexadecimal)))))))));
            var message = $"MSH|^~\\&|||||||ORU^R01\rZZZ|{segment}\r";
            var paths = new List<string>();
            var expected = new List<string?>();
            for (var f = 0; f < fields.Length; f++)
                for (var r = 0; r < fields[f].Length; r++)
                    for (var c = 0; c < fields[f][r].Length; c++)
                        for (var s = 0; s < fields[f][r][c].Length; s++)
                        {
                            paths.Add($"ZZZ-{f + 1}[{r + 1}].{c + 1}.{s + 1}");

                            // An empty text and HL7's own null are null.
                            expected.Add(fields[f][r][c][s] is "" or "\"\"" ? null : fields[f][r][c][s]);
                        }

            var sink = await Plans.Hl7(message, Plans.Of("ORU^R01", "ZZZ", null, [.. paths]));
            Assert.Equal(expected, Assert.Single(sink.Rows).Cells);
        }, iter: 2000);
    }

    private static string Escape(string text, bool hexadecimal)
    {
        var escaped = new StringBuilder();
        foreach (var c in text)
            escaped.Append(c switch
            {
                '|' => @"\F\",
                '^' => @"\S\",
                '~' => @"\R\",
                '\\' => @"\E\",
                '&' => @"\T\",
                '\r' => @"\X0D\",
                '\n' => @"\.br\",
                '张' when hexadecimal => @"\XE5BCA0\",
                _ => c.ToString(),
            });
        return escaped.ToString();
    }
}
