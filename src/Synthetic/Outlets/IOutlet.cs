using Yunnao.Standards;
using Yunnao.Synthetic.Institutions;
using Yunnao.Synthetic.Rows;

namespace Yunnao.Synthetic.Outlets;

/// <summary>One interface of an institution's system: a folder of files in one format, described by one mapping.</summary>
internal interface IOutlet : IDisposable
{
    /// <summary>Rows and bytes written.</summary>
    OutletCount Count { get; }

    /// <summary>True when the mapping carries the data set, so that its rows can be written.</summary>
    bool Carries(DataSet dataSet);

    /// <summary>Kinds of fault that a whole record of this format can have, for example a CSV row with a column too many.</summary>
    string[] RecordFaults { get; }

    /// <summary>True when the receiver gets to know the item: it is written, or the mapping gives it.</summary>
    bool Sends(Row row, int slot);

    /// <summary>True when the item is written for this row, and for this row alone, so that spoiling it spoils one record.</summary>
    bool CanAlter(Row row, int slot);

    /// <summary>True when the cell, spoiled or not, reaches the receiver as what it is, and not as another code.</summary>
    bool ReadsBack(Row row, int slot);

    /// <summary>A patient's records begin.</summary>
    void BeginPatient(Registration patient);

    /// <summary>Records that are sent together: an HL7 v2 message of this type. Other formats ignore it.</summary>
    void BeginMessage(string type, DateTime time, Registration patient);

    /// <summary>Writes a record, or takes it into the message at hand.</summary>
    void Write(in Delivery delivery);

    void EndMessage();

    void EndPatient();
}
