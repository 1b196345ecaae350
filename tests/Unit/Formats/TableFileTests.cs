using System.Buffers.Binary;
using System.IO.Compression;
using System.Text;
using Xunit;
using Yunnao.Formats.Encodings;
using Yunnao.Formats.Tables;
using Yunnao.Formats.Xlsx;

namespace Yunnao.Tests.Formats;

public sealed class TableFileTests
{
    private static readonly Encoding Gbk = CodePagesEncodingProvider.Instance.GetEncoding(936)!;

    [Fact]
    public void Fixed_columns_are_bytes_of_the_files_own_encoding()
    {
        var sink = Read(FixedWidthFile.Open(new MemoryStream(Gbk.GetBytes("001 张三  男\r\n\r\n002 李四\n\u001A")), [("no", 1, 4), ("name", 5, 10), ("sex", 11, 12)], TextEncoding.Gb18030).Value);
        Assert.Equal([["001", "张三", "男"], ["002", "李四", null]], sink.Rows.Select(r => r.Cells));
    }

    [Fact]
    public void A_fixed_line_of_bytes_that_are_no_text_is_refused_and_so_is_one_without_end()
    {
        byte[] bytes = [.. "ab\n"u8, 0xFF, 0xFF, (byte)'\n', .. Enumerable.Repeat((byte)'x', 3 << 20), (byte)'\n', .. "cd\n"u8];
        var sink = Read(FixedWidthFile.Open(new MemoryStream(bytes), [("a", 1, 2)], TextEncoding.Utf8).Value);
        Assert.Equal(["ab", "cd"], sink.Rows.Select(r => r.Cells[0]));
        Assert.Equal(["encoding", "fixed.too-long"], sink.Codes);
        Assert.Equal([1L, 4L], sink.Rows.Select(r => r.Record));
    }

    [Fact]
    public void A_dbf_table_gives_texts_numbers_dates_flags_and_times_and_leaves_out_what_is_deleted()
    {
        var sink = Read(DbfFile.Open(new MemoryStream(Dbf(records: 3)), null).Value);
        Assert.Equal([["张三", "36.5", "2026-01-02", "true", "2026-01-02 03:04:05"], ["李四", null, null, null, "2026-01-02 03:04:05"]], sink.Rows.Select(r => r.Cells));
        Assert.Empty(sink.Codes);
    }

    [Fact]
    public void A_dbf_table_cut_off_at_any_byte_is_refused_or_says_what_is_missing()
    {
        var whole = Dbf(records: 3);
        for (var length = 0; length < whole.Length - 1; length++)
        {
            if (!DbfFile.Open(new MemoryStream(whole[..length]), null).Try(out var table, out var problem)) Assert.Equal("dbf.unreadable", problem.Code);
            else Assert.Equal(["dbf.truncated"], Read(table).Codes);
        }
    }

    [Fact]
    public void A_sheet_gives_texts_numbers_dates_and_inline_texts_below_its_header()
    {
        var sink = Read(XlsxTable.Open(Workbook(), "体征", 2).Value, out var columns);
        Assert.Equal(["no", "name", "value", "time"], columns);
        Assert.Equal([["1", "张三", "36.5", "2026-01-02 03:04:05"], ["2", null, "0.1", "2026-01-02"]], sink.Rows.Select(r => r.Cells));
    }

    [Theory]
    [InlineData("nowhere", 1, "xlsx.no-sheet")]
    [InlineData(null, 99, "xlsx.empty")]
    public void A_sheet_or_header_that_is_not_there_is_a_problem(string? sheet, int header, string code) =>
        Assert.Equal(code, XlsxTable.Open(Workbook(), sheet, header).Problem!.Code);

    [Fact]
    public void A_workbook_cut_off_or_changed_is_refused_or_read_but_never_breaks()
    {
        var whole = Workbook().ToArray();
        var random = new Random(3);
        for (var i = 0; i < 500; i++)
        {
            var bytes = i % 2 == 0 ? whole[..random.Next(whole.Length)] : [.. whole];
            if (i % 2 == 1) bytes[random.Next(bytes.Length)] = (byte)random.Next(256);
            if (!XlsxTable.Open(new MemoryStream(bytes), null, 2).Try(out var table, out _)) continue;
            try
            {
                Read(table);
            }
            catch (InvalidDataException)
            {
                // Damage beyond the head: the whole file is refused.
            }
        }
    }

    [Fact]
    public void A_workbook_that_unpacks_to_far_more_than_its_size_is_refused_unread()
    {
        var bomb = new MemoryStream();
        using (var zip = new ZipArchive(bomb, ZipArchiveMode.Create, leaveOpen: true))
        using (var part = zip.CreateEntry("xl/sharedStrings.xml", CompressionLevel.SmallestSize).Open())
            for (var i = 0; i < 80; i++) part.Write(new byte[1 << 20]);
        Assert.Equal("xlsx.too-large", XlsxTable.Open(new MemoryStream(bomb.ToArray()), null, 1).Problem!.Code);
    }

    [Fact]
    public void A_workbook_with_entities_is_refused() =>
        Assert.Equal("xlsx.unreadable", XlsxTable.Open(Workbook("<!DOCTYPE x [<!ENTITY a 'b'>]>"), null, 2).Problem!.Code);

    private static RowCollector Read(TableFile table) => Read(table, out _);

    private static RowCollector Read(TableFile table, out IReadOnlyList<string> columns)
    {
        using (table)
        {
            columns = table.Columns;
            var sink = new RowCollector();
            sink.AssertEveryRecordIsAccountedFor(table.Decode(sink, TestContext.Current.CancellationToken));
            return sink;
        }
    }

    private static byte[] Dbf(int records)
    {
        (string Name, char Type, int Length)[] fields = [("XM", 'C', 8), ("TW", 'N', 6), ("RQ", 'D', 8), ("BZ", 'L', 1), ("SJ", 'T', 8)];
        var length = 1 + fields.Sum(f => f.Length);
        var head = new byte[32 + (32 * fields.Length) + 1];
        head[0] = 0x30;
        BinaryPrimitives.WriteInt32LittleEndian(head.AsSpan(4), records);
        BinaryPrimitives.WriteInt16LittleEndian(head.AsSpan(8), (short)head.Length);
        BinaryPrimitives.WriteInt16LittleEndian(head.AsSpan(10), (short)length);
        head[29] = 0x7A;
        for (var i = 0; i < fields.Length; i++)
        {
            Encoding.ASCII.GetBytes(fields[i].Name, head.AsSpan(32 + (32 * i)));
            head[32 + (32 * i) + 11] = (byte)fields[i].Type;
            head[32 + (32 * i) + 16] = (byte)fields[i].Length;
        }

        head[^1] = 0x0D;
        byte[] time = [0, 0, 0, 0, 0, 0, 0, 0];
        BinaryPrimitives.WriteInt32LittleEndian(time, 2461043);
        BinaryPrimitives.WriteInt32LittleEndian(time.AsSpan(4), 11_045_000);
        byte[] Record(string mark, string name, string number, string date, string flag) => [.. Gbk.GetBytes(mark), .. Padded(name, 8), .. Padded(number.PadLeft(6), 6), .. Padded(date, 8), .. Padded(flag, 1), .. time];
        return [.. head, .. Record(" ", "张三", "36.5", "20260102", "T"), .. Record("*", "王五", "1", "20260102", "T"), .. Record(" ", "李四", "", "", "?"), 0x1A];
    }

    private static byte[] Padded(string text, int length)
    {
        var bytes = Enumerable.Repeat((byte)' ', length).ToArray();
        Gbk.GetBytes(text).CopyTo(bytes, 0);
        return bytes;
    }

    private static MemoryStream Workbook(string prologue = "")
    {
        const string Main = "xmlns=\"http://schemas.openxmlformats.org/spreadsheetml/2006/main\"";
        var stream = new MemoryStream();
        using (var zip = new ZipArchive(stream, ZipArchiveMode.Create, leaveOpen: true))
        {
            void Part(string name, string xml)
            {
                using var part = new StreamWriter(zip.CreateEntry(name).Open());
                part.Write(prologue + xml);
            }

            Part("xl/workbook.xml", $"<workbook {Main} xmlns:r=\"http://schemas.openxmlformats.org/officeDocument/2006/relationships\"><sheets><sheet name=\"体征\" sheetId=\"1\" r:id=\"rId1\"/></sheets></workbook>");
            Part("xl/_rels/workbook.xml.rels", "<Relationships xmlns=\"http://schemas.openxmlformats.org/package/2006/relationships\"><Relationship Id=\"rId1\" Target=\"worksheets/sheet1.xml\"/></Relationships>");
            Part("xl/styles.xml", $"<styleSheet {Main}><numFmts><numFmt numFmtId=\"170\" formatCode=\"yyyy/m/d h:mm\"/></numFmts><cellXfs><xf numFmtId=\"0\"/><xf numFmtId=\"170\"/></cellXfs></styleSheet>");
            Part("xl/sharedStrings.xml", $"<sst {Main}><si><t>name</t></si><si><r><t>张</t></r><r><t>三</t></r><rPh><t>zhang</t></rPh></si></sst>");
            Part("xl/worksheets/sheet1.xml", $"""
                <worksheet {Main}><sheetData>
                <row r="1"><c r="A1" t="inlineStr"><is><t>a title above</t></is></c></row>
                <row r="2"><c r="A2" t="inlineStr"><is><t>no</t></is></c><c r="B2" t="s"><v>0</v></c><c r="C2" t="str"><v>value</v></c><c r="D2" t="inlineStr"><is><t>time</t></is></c></row>
                <row r="3"><c r="A3"><v>1</v></c><c r="B3" t="s"><v>1</v></c><c r="C3"><v>36.500000000000004</v></c><c r="D3" s="1"><v>46024.127835648146</v></c></row>
                <row r="4"/>
                <row r="5"><c r="A5"><v>2</v></c><c r="C5"><v>1E-1</v></c><c r="D5" s="1"><v>46024</v></c></row>
                </sheetData></worksheet>
                """);
        }

        stream.Position = 0;
        return stream;
    }
}
