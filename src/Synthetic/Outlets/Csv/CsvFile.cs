using System.Buffers;
using System.Text;
using Yunnao.Synthetic.Faults;
using Yunnao.Synthetic.Rows;

namespace Yunnao.Synthetic.Outlets.Csv;

/// <summary>One CSV file being written: RFC 4180 quoting, LF line ends, a header line.</summary>
internal sealed class CsvFile : IDisposable
{
    private static readonly byte[] Undecodable = [0xEF, 0xBF, 0xBD];

    private readonly AppendFile _file;
    private readonly CsvColumn[] _columns;
    private readonly bool[] _carries;
    private readonly byte _delimiter;
    private readonly bool _gb18030;
    private readonly SearchValues<byte> _special;
    private byte[] _line = new byte[4096];
    private byte[] _encoded = new byte[4096];
    private int _used;
    private long _records;

    /// <param name="name">Name of the file in the ground truth.</param>
    /// <param name="gb18030">GB 18030 in place of UTF-8.</param>
    public CsvFile(string path, string name, CsvColumn[] columns, byte delimiter, bool gb18030)
    {
        (Name, _columns, _delimiter, _gb18030) = (name, columns, delimiter, gb18030);
        _file = new AppendFile(path);
        _special = SearchValues.Create([delimiter, (byte)'"', (byte)'\n', (byte)'\r']);
        _carries = new bool[columns.Length == 0 ? 0 : columns.Max(c => c.Slot) + 1];
        foreach (var column in columns) _carries[column.Slot] = true;
        foreach (var column in columns) Cell(Encoding.UTF8.GetBytes(column.Header));
        EndLine();
        Put(false);
    }

    public string Name { get; }

    public long Length => _file.Length;

    public bool Carries(int slot) => slot < _carries.Length && _carries[slot];

    public bool ReadsBack(int slot, string cell) => Array.Find(_columns, c => c.Slot == slot)?.Form.ReadsBack(cell) ?? true;

    /// <summary>Writes a row; returns its record number, from 1.</summary>
    public long Write(Row row, Fault? fault)
    {
        Span<byte> space = stackalloc byte[64];
        foreach (var column in _columns)
        {
            var cell = row[column.Slot];
            Cell(cell.Length == 0 || column.Form.IsCanonical ? cell : column.Form.Apply(cell, space));
        }

        if (fault?.Kind == Fault.Csv) SpoilShape(row);
        EndLine();
        Put(fault?.Kind == Fault.Encoding);
        return ++_records;
    }

    public void Dispose() => _file.Dispose();

    private void Cell(ReadOnlySpan<byte> cell)
    {
        if (_line.Length - _used < cell.Length * 2 + 4) Array.Resize(ref _line, Math.Max(_line.Length * 2, _used + cell.Length * 2 + 4));
        if (cell.IndexOfAny(_special) < 0)
        {
            cell.CopyTo(_line.AsSpan(_used));
            _used += cell.Length;
        }
        else
        {
            Quoted(cell);
        }

        _line[_used++] = _delimiter;
    }

    private void Quoted(ReadOnlySpan<byte> cell)
    {
        _line[_used++] = (byte)'"';
        foreach (var b in cell)
        {
            if (b == '"') _line[_used++] = b;
            _line[_used++] = b;
        }

        _line[_used++] = (byte)'"';
    }

    private void EndLine() => _line[_used - 1] = (byte)'\n';

    /// <summary>One column too many, or the last columns missing. The key decides which, so that a run can be repeated.</summary>
    private void SpoilShape(Row row)
    {
        if (row.Key().Length % 2 == 0)
        {
            Cell("x"u8);
            return;
        }

        // The last cell ends in a delimiter that EndLine replaces; cutting it off leaves one column less.
        var last = _line.AsSpan(0, _used - 1).LastIndexOf(_delimiter);
        if (last > 0 && !_line.AsSpan(last, _used - last).Contains((byte)'"')) _used = last + 1;
        else Cell("x"u8);
    }

    private void Put(bool undecodable)
    {
        var line = _line.AsSpan(0, _used);
        if (undecodable)
        {
            var at = line.IndexOf(Undecodable);
            Encode(line[..at]);
            _file.Write([0xFF]);
            Encode(line[(at + Undecodable.Length)..]);
        }
        else
        {
            Encode(line);
        }

        _used = 0;
    }

    private void Encode(ReadOnlySpan<byte> utf8)
    {
        if (!_gb18030)
        {
            _file.Write(utf8);
            return;
        }

        if (_encoded.Length < utf8.Length * 2 + 4) _encoded = new byte[utf8.Length * 2 + 4];
        _file.Write(_encoded.AsSpan(0, Gb18030Writer.Encode(utf8, _encoded)));
    }
}
