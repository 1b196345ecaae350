using System.Globalization;
using System.Text;
using CsCheck;
using Xunit;
using Yunnao.Synthetic.Outlets;
using Yunnao.Synthetic.Outlets.Csv;
using Yunnao.Synthetic.Outlets.Hl7v2;
using Yunnao.Synthetic.Rows;

namespace Yunnao.Tests.Unit.Synthetic;

public sealed class OutletTests
{
    private static readonly Encoding Gb18030 = CodePagesEncodingProvider.Instance.GetEncoding(54936)!;

    [Fact]
    public void Gb18030_is_written_as_the_framework_writes_it() =>
        Gen.String[Gen.Char, 0, 40].Where(s => !s.Any(char.IsSurrogate)).Sample(text =>
        {
            var utf8 = Encoding.UTF8.GetBytes(text);
            var target = new byte[utf8.Length * 2 + 4];
            return target.AsSpan(0, Gb18030Writer.Encode(utf8, target)).SequenceEqual(Gb18030.GetBytes(text));
        });

    [Fact]
    public void Fixed_point_is_written_as_the_framework_writes_it() =>
        Gen.Select(Gen.Int[-2_000_000_000, 2_000_000_000], Gen.Int[0, 6]).Sample((digits, decimals) =>
        {
            var value = digits / Math.Pow(10, decimals);
            Span<byte> target = stackalloc byte[32];
            var text = Encoding.ASCII.GetString(target[..FixedPoint.Write(target, value, decimals)]);
            return decimal.Parse(text, CultureInfo.InvariantCulture) == decimal.Parse(value.ToString("F" + decimals, CultureInfo.InvariantCulture), CultureInfo.InvariantCulture);
        });

    [Fact]
    public void Dates_take_the_format_of_the_source_and_what_is_no_date_passes()
    {
        var form = CellForm.Of(null, "%Y/%m/%d %H:%M");
        var space = new byte[64];
        Assert.Equal("2025/03/01 08:05", Encoding.UTF8.GetString(form.Apply("2025-03-01 08:05:59"u8, space)));
        Assert.Equal("昨天", Encoding.UTF8.GetString(form.Apply("昨天"u8, space)));
    }

    [Fact]
    public void A_spoiled_cell_that_is_a_code_of_the_source_would_be_taken_for_another_code()
    {
        var form = CellForm.Of(TestCity.Registry.CodeMaps["hl7-sex"], null);
        Assert.False(form.ReadsBack("X"));
        Assert.True(form.ReadsBack("2"));
        Assert.True(form.ReadsBack("未知"));
    }

    [Fact]
    public void A_segment_separates_fields_components_and_repetitions_and_escapes_its_text()
    {
        var (segment, target) = (new Hl7v2Segment("PID"), new ByteBuffer());
        segment.Set(Hl7v2Place.Parse("PID-8"), "F"u8);
        segment.Set(Hl7v2Place.Parse("PID-3[5=MR].1"), "17"u8);
        segment.Set(Hl7v2Place.Parse("PID-3[5=HC].1"), "42"u8);
        segment.Set(Hl7v2Place.Parse("PID-5.2"), "a|b^c&d"u8);
        segment.Write(target);
        Assert.Equal("PID|||17^^^^MR~42^^^^HC||^a\\F\\b\\S\\c\\T\\d|||F\r", Encoding.UTF8.GetString(target.Span));
    }

    [Fact]
    public void Every_required_item_of_a_city_mapping_reaches_the_receiver()
    {
        foreach (var mapping in TestCity.Registry.Mappings.Values.Where(m => m.Id.StartsWith("city-", StringComparison.Ordinal)))
        {
            foreach (var rule in mapping.Rules.Where(r => mapping.Format != "csv" || r.Items.Count > 0))
            {
                foreach (var item in TestCity.Registry.DataSets[rule.DataSet].Items.Where(i => i.Required))
                    Assert.True(rule.Items.ContainsKey(item.Name) || item.Paths.ContainsKey(mapping.Format), $"{mapping.Id}: {rule.DataSet}.{item.Name}");
            }
        }
    }
}
