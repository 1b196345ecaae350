using System.Text;
using Yunnao.Synthetic.Institutions;
using Yunnao.Synthetic.Rows;

namespace Yunnao.Synthetic.Outlets.Hl7v2;

/// <summary>A message being built: the header segments, which its rows share, and the segments of each row.</summary>
internal sealed class Hl7v2Message
{
    private static readonly string[] HeaderOrder = ["MSH", "EVN", "PID", "PV1", "PV2"];
    private static readonly string[] BeforeRow = ["ORC"];

    private readonly Dictionary<string, Hl7v2Segment> _header = [];
    private readonly List<Hl7v2Segment> _extra = [];
    private readonly Dictionary<string, Hl7v2Segment> _row = [];
    private readonly byte[] _time = new byte[14];

    /// <summary>Type of the message, such as <c>ORU^R01</c>; empty when none is open.</summary>
    public string Type { get; private set; } = "";

    public int Rows { get; set; }

    public void Begin(string type, DateTime time, Registration patient, string control)
    {
        (Type, Rows) = (type, 0);
        foreach (var segment in _header.Values) segment.Clear();
        var sent = time.ToString("yyyyMMddHHmmss");
        Put("MSH-2", @"^~\&");
        Put("MSH-3", "HIS");
        Put("MSH-4", patient.Institution.Code);
        Put("MSH-5", "PLATFORM");
        Put("MSH-7", sent);
        Put("MSH-9.1", type.Split('^')[0]);
        Put("MSH-9.2", type.Split('^')[1]);
        Put("MSH-10", control);
        Put("MSH-11", "P");
        Put("MSH-12", "2.5.1");
        Put("MSH-17", "CHN");
        Put("MSH-18", "UNICODE UTF-8");
        if (type.StartsWith("ADT", StringComparison.Ordinal))
        {
            Put("EVN-1", type.Split('^')[1]);
            Put("EVN-2", sent);
        }

        Put("PID-1", "1");
        Put("PID-3[5=MR].1", patient.LocalNumber);
        if (type != "ADT^A28") Put("PID-5.1", patient.Name);
    }

    public void End() => Type = "";

    /// <summary>Writes the segments of a row; values that other segments share go to the header.</summary>
    public void Add(Row row, Hl7v2Rule rule, ByteBuffer target)
    {
        foreach (var segment in _row.Values) segment.Clear();
        foreach (var (place, value) in rule.Constants.Where(c => !IsOuter(c.Place.Segment, rule.Row))) Segment(place.Segment, rule.Row).Set(place, value, true);
        Span<byte> space = stackalloc byte[64];
        for (var slot = 0; slot < rule.Fields.Length; slot++)
        {
            if (rule.Fields[slot] is not { } field || row.IsNull(slot) || IsOuter(field.Place.Segment, rule.Row)) continue;
            var cell = row[slot];
            var value = field.Form.IsCanonical ? cell : field.Form.Apply(cell, space);
            if (value.Length is 10 or 19 && IsTime(row, slot) && TryTime(value, out var time)) value = time;
            Segment(field.Place.Segment, rule.Row).Set(field.Place, value, field.Place.Segment != rule.Row);
        }

        foreach (var name in BeforeRow) Write(name, target);
        Write(rule.Row, target);
        foreach (var (name, segment) in _row)
        {
            if (name != rule.Row && Array.IndexOf(BeforeRow, name) < 0 && !segment.IsEmpty) segment.Write(target);
        }

        Rows++;
    }

    public void WriteHeader(ByteBuffer target)
    {
        foreach (var name in HeaderOrder)
        {
            if (_header.TryGetValue(name, out var segment) && !segment.IsEmpty) segment.Write(target);
        }

        foreach (var segment in _extra)
        {
            if (!segment.IsEmpty) segment.Write(target);
        }
    }

    /// <summary>The order that a result belongs to is written by the report's row, before it.</summary>
    private static bool IsOuter(string segment, string row) => row == "OBX" && segment is "OBR" or "ORC";

    private static bool IsTime(Row row, int slot) => row.Shape.Items[slot].Element.Type is Standards.ElementType.D or Standards.ElementType.DT;

    /// <summary>Header segments are of the whole message, and so are Z segments; all others of the row.</summary>
    private Hl7v2Segment Segment(string name, string row)
    {
        var shared = name != row && (Array.IndexOf(HeaderOrder, name) >= 0 || name[0] == 'Z');
        var segments = shared || Array.IndexOf(HeaderOrder, name) >= 0 ? _header : _row;
        if (segments.TryGetValue(name, out var segment)) return segment;
        segments.Add(name, segment = new(name));
        if (segments == _header && Array.IndexOf(HeaderOrder, name) < 0) _extra.Add(segment);
        return segment;
    }

    private void Write(string name, ByteBuffer target)
    {
        if (_row.TryGetValue(name, out var segment) && !segment.IsEmpty) segment.Write(target);
    }

    private void Put(string path, string value)
    {
        var place = Hl7v2Place.Parse(path);
        Segment(place.Segment, "").Set(place, Encoding.UTF8.GetBytes(value));
    }

    private bool TryTime(ReadOnlySpan<byte> value, out ReadOnlySpan<byte> time)
    {
        time = default;
        if (value[4] != '-' || value[7] != '-' || (value.Length == 19 && (value[10] != ' ' || value[13] != ':'))) return false;
        value[..4].CopyTo(_time);
        value[5..7].CopyTo(_time.AsSpan(4));
        value[8..10].CopyTo(_time.AsSpan(6));
        time = _time.AsSpan(0, 8);
        if (value.Length == 10) return true;
        value[11..13].CopyTo(_time.AsSpan(8));
        value[14..16].CopyTo(_time.AsSpan(10));
        value[17..19].CopyTo(_time.AsSpan(12));
        time = _time;
        return true;
    }
}
