using Yunnao.Formats.Dicom;
using Yunnao.Formats.Dicom.Network;

namespace Yunnao.Services.Imaging.Dimse;

/// <summary>Counts of the stores that a retrieval consists of, and its last answer (PS3.4, C.4.2.1.6 to C.4.2.1.9).</summary>
internal sealed class SubOperations(int total)
{
    private const int MostNamed = 1000;
    private const int TellEvery = 16;
    private static readonly DicomTag FailedList = new(0x0008_0058);
    private readonly List<string> _failed = [];
    private int _completed;
    private int _failures;
    private int _warnings;

    /// <summary>True after every sixteenth store, so that a peer that shows progress has something to show.</summary>
    public bool IsTimeToTell => (_completed + _failures + _warnings) % TellEvery == 0;

    public void Add(string instance, ushort status)
    {
        if (status == DimseStatus.Success) _completed++;
        else if (DimseStatus.IsDone(status)) _warnings++;
        else
        {
            _failures++;
            if (_failed.Count < MostNamed) _failed.Add(instance);
        }
    }

    /// <summary>The counts, put into a response.</summary>
    public DimseCommand Write(DimseCommand response) => response with
    {
        Remaining = response.Status is DimseStatus.Pending or DimseStatus.Cancelled ? Count(total - _completed - _failures - _warnings) : null,
        Completed = Count(_completed),
        Failed = Count(_failures),
        Warning = Count(_warnings),
    };

    /// <summary>Sends the last response; it names what failed.</summary>
    public async Task AnswerAsync(Association association, DimseRequest request)
    {
        var status = _failures == 0 ? DimseStatus.Success : _completed + _warnings == 0 ? DimseStatus.SubOperationsFailed : DimseStatus.SubOperationsWarning;
        var response = Write(request.Command.Respond(status));
        if (_failed.Count == 0)
        {
            await association.SendAsync(request.Context, response).ConfigureAwait(false);
            return;
        }

        var list = new DicomBuilder().Set(FailedList, Vr.UI, [.. _failed]).Build();
        await association.SendAsync(request.Context, response with { HasDataSet = true }, DicomWriter.WriteDataSet(list, request.Syntax).Value).ConfigureAwait(false);
    }

    /// <summary>The fields have 16 bits; more than that is said as the most that they hold.</summary>
    private static ushort Count(int number) => (ushort)Math.Clamp(number, 0, ushort.MaxValue);
}
