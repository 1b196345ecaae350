using System.Text;
using Xunit;
using Yunnao.Formats;

namespace Yunnao.Tests.Formats;

public sealed class Hl7v2DecoderTests
{
    private const string Msh = "MSH|^~\\&|LIS|42010001|HIS|H|20240102030405||ORU^R01^ORU_R01|M1|P|2.5.1\r";

    [Fact]
    public async Task A_segment_row_takes_the_nearest_segment_before_it()
    {
        var sink = await Plans.Hl7(
            Msh + "PID|1||P1\rORC|RE|A\rOBR|1|A|F1\rOBX|1|NM|718-7||10\rOBX|2|NM|718-8||20\rORC|RE|B\rOBR|2|B|F2\rOBX|1|NM|718-9||30\r",
            Plans.Of("ORU^R01", "OBX", null, "PID-3.1", "OBR-3.1", "ORC-2", "OBX-1", "OBX-5", "MSH-4.1"));
        Assert.Equal(
            ["P1,F1,A,1,10,42010001", "P1,F1,A,2,20,42010001", "P1,F2,B,1,30,42010001"], sink.Rows.Select(r => string.Join(",", r.Cells)));
    }

    [Fact]
    public async Task A_specimen_after_the_results_belongs_to_its_own_order_only()
    {
        var sink = await Plans.Hl7(
            Msh + "PID|1||P1\rOBR|1|A\rOBX|1|NM|a||1\rSPM|1|S1\rOBR|2|B\rOBX|1|NM|b||2\r", Plans.Of("ORU", "OBX", null, "OBX-3", "SPM-2"));
        Assert.Equal(["a,S1", "b,"], sink.Rows.Select(r => string.Join(",", r.Cells)));
    }

    [Fact]
    public async Task In_a_message_by_specimen_each_specimen_opens_a_group()
    {
        var sink = await Plans.Hl7(
            Msh.Replace("ORU^R01^ORU_R01", "OUL^R22") + "PID|1||P1\rSPM|1|S1\rOBR|1|A\rORC|RE|O1\rOBX|1|NM|a||1\rSPM|2|S2\rOBR|2|B\rOBX|1|NM|b||2\r",
            Plans.Of("OUL^*", "OBX", null, "OBX-3", "SPM-2", "OBR-2", "ORC-2"));
        Assert.Equal(["a,S1,A,O1", "b,S2,B,"], sink.Rows.Select(r => string.Join(",", r.Cells)));
    }

    [Fact]
    public async Task A_second_patient_of_a_message_has_its_own_segments()
    {
        var sink = await Plans.Hl7(
            Msh + "PID|1||P1\rPV1|1|I\rOBR|1|A\rOBX|1|NM|a||1\rPID|2||P2\rOBR|1|B\rOBX|1|NM|b||2\r",
            Plans.Of("*", "OBX", null, "PID-3", "PV1-2", "OBR-2", "MSH-10"));
        Assert.Equal(["P1,I,A,M1", "P2,,B,M1"], sink.Rows.Select(r => string.Join(",", r.Cells)));
    }

    [Fact]
    public async Task An_order_row_finds_its_request_after_it_and_a_note_follows_its_row()
    {
        var sink = await Plans.Hl7(
            Msh + "PID|1||P1\rNTE|1||of the patient\rORC|NW|A\rOBR|1|A||GLU\rOBX|1|NM|a||1\rNTE|1||of the result\rORC|NW|B\rOBR|2|B||NA\r",
            Plans.Of("ORU", "ORC", null, "ORC-2", "OBR-4"),
            Plans.Of("ORU", "OBX", null, "OBX-3", "NTE-3"));
        Assert.Equal(["A,GLU", "B,NA", "a,of the result"], sink.Rows.Select(r => string.Join(",", r.Cells)));
    }

    [Fact]
    public async Task A_plan_without_row_gives_one_row_a_message()
    {
        var sink = await Plans.Hl7(Msh + "PID|1||P1\rNK1|1|A\rNK1|2|B\r", Plans.Of("ORU^R01", null, null, "PID-3", "NK1-2", "DG1-3"));
        Assert.Equal(["P1", "A", null], Assert.Single(sink.Rows).Cells);
    }

    [Fact]
    public async Task Paths_choose_repetitions_components_and_subcomponents()
    {
        var sink = await Plans.Hl7(
            Msh + "PID|1||X^^^A&1.2.3&ISO^MR~Y^^^B^PI~Z^^^C^SS\r",
            Plans.Of("ORU", null, null, "PID-3[5=PI].1", "PID-3[2].4", "PID-3.4.2", "PID-3[5=XX].1", "PID-3[5=XX].1 | PID-3[3].1", "PID-3[4.2=1.2.3].5", "PID-3"));
        Assert.Equal(["Y", "B", "1.2.3", null, "Z", "MR", "X"], Assert.Single(sink.Rows).Cells);
    }

    [Fact]
    public async Task Empty_and_null_values_are_null_and_alternatives_are_tried_in_order()
    {
        var sink = await Plans.Hl7(Msh + "PID|1|\"\"|^^^~Q|\"\"\r", Plans.Of("ORU", null, null, "PID-2", "PID-3.1", "PID-2 | PID-4 | PID-1", "PID-9"));
        Assert.Equal([null, "Q", "1", null], Assert.Single(sink.Rows).Cells);
    }

    [Fact]
    public async Task Escapes_are_resolved_and_what_is_none_stays()
    {
        var sink = await Plans.Hl7(
            Msh + @"PID|1|\F\ \S\ \T\ \R\ \E\|a\.br\b\.sp2\c\H\d\N\|\X4142\ \XE5BCA0\|\Zxx\ \.zz\ 5\6 \XZZ\" + "\r",
            Plans.Of("ORU", null, null, "PID-2", "PID-3", "PID-4", "PID-5"));
        Assert.Equal([@"| ^ & ~ \", "a\nb\n\ncd", "AB 张", @"\Zxx\ \.zz\ 5\6 \XZZ\"], Assert.Single(sink.Rows).Cells);
    }

    [Fact]
    public async Task Free_text_is_taken_whole_where_its_type_has_no_components()
    {
        var sink = await Plans.Hl7(
            Msh + "OBX|1|ST|a||10^9/L & more~second\rOBX|2|CWE|b||C^Text^L\rOBX|3|SN|c||>^100\r",
            Plans.Of("ORU", "OBX", null, "OBX-5", "OBX-5.1", "OBX-5.2"));
        Assert.Equal(["10^9/L & more\nsecond", "10^9/L & more\nsecond", null], sink.Rows[0].Cells);
        Assert.Equal(["C", "C", "Text"], sink.Rows[1].Cells);
        Assert.Equal([">", ">", "100"], sink.Rows[2].Cells);
    }

    [Theory]
    [InlineData("201203141259-0215", "2012-03-14T12:59:00-02:15")]
    [InlineData("20120314", "2012-03-14")]
    [InlineData("201203", "2012-03")]
    [InlineData("2012", "2012")]
    [InlineData("2012031412", "2012-03-14T12:00:00")]
    [InlineData("20120314125959.1234+0800", "2012-03-14T12:59:59.1234+08:00")]
    [InlineData("20120314+0800", "2012-03-14")]
    [InlineData("20120230", "20120230")]
    [InlineData("201203142460", "201203142460")]
    [InlineData("2012-03-14 12:59", "2012-03-14 12:59")]
    [InlineData("yesterday", "yesterday")]
    [InlineData("201203141259-9915", "201203141259-9915")]
    public async Task Times_become_iso_and_what_is_no_time_stays(string sent, string expected)
    {
        var sink = await Plans.Hl7(Msh + $"PID|1|{sent}\r", Plans.Of("ORU", null, null, "@PID-2", "PID-2"));
        Assert.Equal([expected, sent], Assert.Single(sink.Rows).Cells);
    }

    [Theory]
    [InlineData("OBX-2 in NM ST", 2)]
    [InlineData("OBX-2 = NM", 1)]
    [InlineData("OBX-2=NM", 1)]
    [InlineData("OBX-2 != NM", 3)]
    [InlineData("OBX-6 exists", 1)]
    [InlineData("OBX-2 != NM and OBX-3.1 = b", 1)]
    [InlineData("PID-3[5=MR].1 = P1", 4)]
    [InlineData("MSH-9.2 = R01 and OBX-6 = \"mg dl\"", 1)]
    public async Task Conditions_choose_rows(string where, int rows)
    {
        var sink = await Plans.Hl7(
            Msh + "PID|1||P1^^^^MR\rOBX|1|NM|a||1|mg dl\rOBX|2|ST|b||x\rOBX|3|CE|c||C\rOBX|4||d||\r", Plans.Of("ORU", "OBX", where, "OBX-3"));
        Assert.Equal(rows, sink.Rows.Count);
    }

    [Theory]
    [InlineData("\r")]
    [InlineData("\n")]
    [InlineData("\r\n")]
    public async Task Any_line_end_ends_a_segment_and_several_messages_share_a_file(string lineEnd)
    {
        var one = (Msh + "PID|1||P1\r").Replace("\r", lineEnd);
        var sink = await Plans.Hl7("\uFEFF" + one + lineEnd + one + one.TrimEnd(), Plans.Of("ORU", null, null, "PID-3"));
        Assert.Equal(["P1", "P1", "P1"], sink.Rows.Select(r => r.Cells[0]));
        Assert.Equal([1, 2, 3], sink.Rows.Select(r => r.Record));
        Assert.Empty(sink.Rejections);
    }

    [Fact]
    public async Task A_line_feed_in_a_text_of_a_message_with_carriage_returns_is_text()
    {
        var sink = await Plans.Hl7(Msh + "OBX|1|TX|a||line 1\nline 2\r\nline 3||||||F\rOBX|2|TX|b||x\n", Plans.Of("ORU", "OBX", null, "OBX-5", "OBX-11"));
        Assert.Equal(["line 1\nline 2\r\nline 3", "F"], sink.Rows[0].Cells);
        Assert.Equal("x", sink.Rows[1].Cells[0]);
    }

    [Fact]
    public async Task Batches_and_framing_bytes_are_taken_off()
    {
        var message = Msh + "PID|1||P1\r";
        var sink = await Plans.Hl7(
            $"FHS|^~\\&|\rBHS|^~\\&|\r{message}{message}BTS|2\rFTS|1\r\u000b{message}\u001c\r\u000b{message}\u001c\r", Plans.Of("ORU", null, null, "PID-3"));
        Assert.Equal(4, sink.Rows.Count);
        Assert.Empty(sink.Rejections);
    }

    [Fact]
    public async Task A_batch_that_lacks_messages_or_its_end_is_seen()
    {
        var message = Msh + "PID|1||P1\r";
        var sink = await Plans.Hl7($"BHS|^~\\&|\r{message}BTS|2\rBHS|^~\\&|\r{message}", Plans.Of("ORU", null, null, "PID-3"));
        Assert.Equal(["hl7v2.batch-count BTS", "hl7v2.truncated BHS"], sink.Codes);
        Assert.Equal(2, sink.Rows.Count);
    }

    [Fact]
    public async Task A_framed_message_without_its_end_is_not_taken()
    {
        var sink = await Plans.Hl7($"\u000b{Msh}PID|1||P1\r\u001c\r\u000b{Msh}PID|1||P", Plans.Of("ORU", null, null, "PID-3"));
        Assert.Equal("hl7v2.truncated", Assert.Single(sink.Codes));
        Assert.Single(sink.Rows);
    }

    [Theory]
    [InlineData("MSH|0000|||||||ORU^R01\r", "hl7v2.delimiters", 1)]
    [InlineData("MSH|^^~&|||||||ORU^R01\r", "hl7v2.delimiters", 1)]
    [InlineData("MSHH0\r", "hl7v2.delimiters", 1)]
    [InlineData("MSH|^~\\&|||||||\rPID|1\r", "hl7v2.no-type MSH-9", 1)]
    [InlineData("MSH|^~\\&|||||||ORU^R01\rPID|1\robx|1\r", "hl7v2.segment", 3)]
    [InlineData("MSH|^~\\&|||||||ORU^R01\rPID|1\rfree text\r", "hl7v2.segment", 3)]
    [InlineData("MSH|^~\\&|||||||ADT^A01\rPID|1\r", "mapping.none ADT^A01", 1)]
    [InlineData("MSH|^~\\&|||||||ORU^R01\rPID|1\r", "mapping.no-row ORU^R01", 1)]
    [InlineData("MSH|^~\\&|||||||A man's name, 42\r", "mapping.none", 1)]
    public async Task What_cannot_be_read_is_rejected_with_code_and_line_and_the_file_goes_on(string bad, string code, long line)
    {
        var good = Msh + "PID|1||P1\rOBX|1|NM|a||1\r";
        var sink = await Plans.Hl7(good + bad + good, Plans.Of("ORU^R01", "OBX", null, "OBX-5"));
        Assert.Equal(code, Assert.Single(sink.Codes));
        Assert.Equal(new(2, good.Length, 3 + line, code.Split(' ')[0], sink.Rejections[0].Path), sink.Rejections[0]);
        Assert.Equal([1, 3], sink.Rows.Select(r => r.Record));
    }

    [Theory]
    [InlineData("a\nb\n\nc\n")]
    [InlineData("<?xml version=\"1.0\"?>\n<ORU_R01/>\n")]
    [InlineData("\u0000\u0000MSH|^~\\&|\n")]
    public async Task Bytes_before_the_first_message_are_one_record_however_many_lines_they_have(string garbage)
    {
        var sink = await Plans.Hl7(garbage + Msh + "PID|1\r", Plans.Of("ORU", null, null, "PID-1"));
        Assert.Equal(new Rejection(1, 0, 1, "hl7v2.no-msh", null), Assert.Single(sink.Rejections));
        Assert.Equal("1", Assert.Single(sink.Rows).Cells[0]);
    }

    [Fact]
    public async Task Nothing_is_no_record() => Assert.Empty((await Plans.Hl7("\r\n \n", Plans.Of("*", null, null, "PID-1"))).Rejections);

    [Theory]
    [InlineData("GB 18030-2000", "gb18030")]
    [InlineData("GBK", "gb18030")]
    [InlineData("", "gb18030")]
    [InlineData("UNICODE UTF-8", "utf-8")]
    [InlineData("", "utf-8")]
    [InlineData("8859/1", "utf-8")]
    [InlineData("UNICODE", "utf-16")]
    [InlineData("", "utf-16BE")]
    public async Task Character_sets_are_told_by_the_message_or_its_bytes(string declared, string sent)
    {
        // 亅, 倈 and 鄚 end in GB 18030 with the bytes of the delimiters.
        var text = $"MSH|^~\\&|检验科亅|医院|HIS|H|2024||ORU^R01|M1|P|2.5.1||||||{declared}\rPID|1||P1||张三亅倈鄚𠀀㐀\rPID|2||P2\r";
        System.Text.Encoding encoding = sent == "gb18030" ? CodePagesEncodingProvider.Instance.GetEncoding("gb18030")! : System.Text.Encoding.GetEncoding(sent);
        var (sink, _) = await Plans.Hl7(encoding.GetBytes(text), [Plans.Of("ORU", null, null, "PID-5", "MSH-3", "MSH-4")]);
        Assert.Equal(["张三亅倈鄚𠀀㐀", "检验科亅", "医院"], Assert.Single(sink.Rows).Cells);
    }

    [Fact]
    public async Task Latin_1_and_its_relatives_are_read_when_the_message_says_so()
    {
        byte[] Sent(string charset, byte letter) => [.. Encoding.ASCII.GetBytes($"MSH|^~\\&|||||||ORU^R01|M1|P|2.5|||||CHN|{charset}\rPID|1||"), letter, (byte)'\r'];
        var plans = new[] { Plans.Of("ORU", null, null, "PID-3") };
        Assert.Equal("é", Assert.Single((await Plans.Hl7(Sent("8859/1", 0xE9), plans)).Sink.Rows).Cells[0]);
        Assert.Equal("щ", Assert.Single((await Plans.Hl7(Sent("8859/5", 0xE9), plans)).Sink.Rows).Cells[0]);
        Assert.Equal("hl7v2.charset", Assert.Single((await Plans.Hl7(Sent("KS X 1001", 0xE9), plans)).Sink.Codes));
        Assert.Equal("hl7v2.encoding", Assert.Single((await Plans.Hl7(Sent("UNICODE UTF-8", 0xE9), plans)).Sink.Codes));
        Assert.Equal("hl7v2.encoding", Assert.Single((await Plans.Hl7(Sent("GB 18030-2000", 0xFF), plans)).Sink.Codes));
    }

    [Fact]
    public async Task A_damaged_byte_in_utf_8_text_does_not_make_it_gb_18030()
    {
        var bytes = Encoding.UTF8.GetBytes(Msh + "PID|1||P1||张三丰住院号码\r");
        bytes[^4] = (byte)'x';
        var (sink, _) = await Plans.Hl7(bytes, [Plans.Of("ORU", null, null, "PID-5")]);
        Assert.Equal("hl7v2.encoding", Assert.Single(sink.Codes));
    }

    [Fact]
    public async Task The_mapping_says_the_encoding_against_the_message()
    {
        var gb = CodePagesEncodingProvider.Instance.GetEncoding("gb18030")!;
        var bytes = gb.GetBytes("MSH|^~\\&|||||||ORU^R01|M1|P|2.5||||||UNICODE UTF-8\rPID|1||张三\r");
        var (sink, _) = await Plans.Hl7(bytes, [Plans.Of("ORU", null, null, "PID-3")], Yunnao.Formats.Encodings.TextEncoding.Gb18030);
        Assert.Equal("张三", Assert.Single(sink.Rows).Cells[0]);
    }

    [Fact]
    public async Task Own_delimiters_and_z_segments_are_read()
    {
        var sink = await Plans.Hl7("MSH#*:?%#A#B*C#####ORU*R01#1\rZPI#1#x*y:z#?F?w\r", Plans.Of("ORU^R01", null, null, "MSH-1", "MSH-2", "MSH-4.2", "ZPI-2.2", "ZPI-2[2].1", "ZPI-3"));
        Assert.Equal(["#", "*:?%", "C", "y", "z", "#w"], Assert.Single(sink.Rows).Cells);
    }

    [Fact]
    public async Task The_report_counts_what_came_and_what_is_mapped()
    {
        var report = new PathReport();
        var other = new PathReport();
        var plans = new[] { Plans.Of("ORU", "OBX", "OBX-2 = NM", "OBX-3.1", "PID-3") };
        await Plans.Hl7(Encoding.UTF8.GetBytes(Msh + "PID|1||P1\rOBX|1|NM|a||1\rOBX|2|NM|b||\r"), plans, report: report);
        await Plans.Hl7(Encoding.UTF8.GetBytes("MSH|^~\\&|||||||ADT^A01\rPID|1||P1\r"), plans, report: other);
        report.Merge(other);
        var counts = report.Counts();
        Assert.Contains(new("ORU^R01", 1, true), counts);
        Assert.Contains(new("ADT^A01", 1, false), counts);
        Assert.Contains(new("OBX", 2, true), counts);
        Assert.Contains(new("OBX-2", 2, true), counts);
        Assert.Contains(new("OBX-5", 1, false), counts);
        Assert.Contains(new("PID-3", 2, true), counts);
        Assert.Contains(new("MSH-9", 2, false), counts);
    }

    [Theory]
    [InlineData("PID3.1", null, null, "mapping.path")]
    [InlineData("PID-0", null, null, "mapping.path")]
    [InlineData("PID-3", "obx", null, "mapping.row")]
    [InlineData("PID-3", null, "PID-3 like x", "mapping.where")]
    [InlineData("PID-3", null, "gender = x", "mapping.path")]
    public void A_plan_that_cannot_be_compiled_is_a_problem(string path, string? row, string? where, string code) =>
        Assert.Equal(code, Yunnao.Formats.Hl7v2.Hl7v2Decoder.Create([Plans.Of("ORU", row, where, path)]).Problem?.Code);
}
