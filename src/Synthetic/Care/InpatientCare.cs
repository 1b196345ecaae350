using Yunnao.Synthetic.Illness;
using Yunnao.Synthetic.Institutions;

namespace Yunnao.Synthetic.Care;

/// <summary>A stay in hospital, from the admission record to the case front page.</summary>
internal sealed class InpatientCare(Town town, LabCare labs, ExamCare exams, DrugCare drugs, SurgeryCare surgery, WardCare ward, DocumentCare documents)
{
    /// <summary>A stay for a disease; the patient is registered.</summary>
    /// <param name="fatal">The stay ends with the patient's death, whenever that is.</param>
    public Stay Admit(Desk desk, Registration patient, Disease main, IReadOnlyList<Disease> others, DateTime time, DateTime onset, bool emergency, bool pregnant = false, bool fatal = false)
    {
        var dice = town.Dice;
        var department = desk.Institution.Department(patient.AgeOn(time) < 14 && main.Department is "03.01" or "03.02" or "16" ? "07" : main.Department);
        patient.Admissions++;
        var visit = new Visit
        {
            Desk = desk,
            Patient = patient,
            Class = "03",
            Start = time,
            Department = department,
            Doctor = dice.Pick(department.Doctors),
            Main = main,
            Others = others,
            Number = EncounterRecords.NextNumber(patient),
            Pregnant = pregnant,
        };
        var days = Math.Max(1, (int)Math.Round(main.Days * Math.Exp(dice.Normal(0, 0.35, 2))));
        var end = time.Date.AddDays(days).AddHours(dice.Between(8, 15)).AddMinutes(dice.Below(60));
        var died = visit.Person.Died is { } death && death > time && (fatal || death <= end);
        if (died) end = visit.Person.Died!.Value;
        var stay = new Stay(visit, end, died, emergency, $"{dice.Between(1, 48):00}床", Operates(main, dice) ? main.Operation : null, onset);
        desk.Open(patient);
        using (desk.Begin("ADT^A01", time)) EncounterRecords.Register(visit, stay.AdmissionWay, null, stay.Bed);
        Treat(stay);
        visit.End = end;
        using (desk.Begin("ADT^A03", end))
        {
            EncounterRecords.Register(visit, stay.AdmissionWay, stay.DischargeWay, stay.Bed);
            WardRecords.Diagnoses(stay);
        }

        EncounterRecords.Fees(visit, "inpatient.fee");
        EncounterRecords.Settle(visit, end.AddMinutes(20));
        WardRecords.Discharge(stay);
        Documents(stay);
        FrontPage.Write(town, stay);
        return stay;
    }

    private static bool Operates(Disease disease, Chance.Dice dice) =>
        disease.Operation is not null && (disease.Id == "caesarean" || dice.Chance(disease.Kind is DiseaseKind.Surgical or DiseaseKind.Cancer ? 0.88 : 0.5));

    private void Treat(Stay stay)
    {
        var (visit, time) = (stay.Visit, stay.Visit.Start);
        WardRecords.Admission(town, stay);
        foreach (var panel in visit.Main.Panels)
        {
            labs.Order(visit, panel, time.AddMinutes(30));
            if (stay.Days >= 4 && panel.Code is "CBC" or "CRP" or "LFT" or "RFT" or "ELEC") labs.Order(visit, panel, time.Date.AddDays(stay.Days / 2).AddHours(6));
        }

        if (visit.Main.Panels.Length == 0) labs.Order(visit, town.Book.Panel("CBC"), time.AddMinutes(30));
        if (visit.Main.Id is "pneumonia" or "aecopd" && town.Dice.Chance(0.6)) labs.Culture(visit, "09", ["kpn", "pae", "spn", "hin", "sau"], time.AddHours(1));
        if (visit.Main.Id is "uti" or "cholecystitis") labs.Culture(visit, "06", ["eco", "kpn", "efa"], time.AddHours(1));
        foreach (var exam in visit.Main.Exams) stay.Findings.Add(exams.Order(visit, exam, time.AddHours(1)));
        if (stay.Operation is { } operation) surgery.Operate(stay, operation);
        ward.Care(stay, drugs.Choose(visit, true));
    }

    private void Documents(Stay stay)
    {
        var visit = stay.Visit;
        documents.Begin()
            .Section("10154-3", "主诉", Words.Complaint(town.Dice, visit, stay.Onset))
            .Section("10164-2", "现病史", DocumentCare.Identity(visit) + Words.PresentIllness(visit))
            .Section("11348-0", "既往史", Words.PastHistory(visit))
            .Section("48765-2", "过敏史", Words.Allergies(visit.Person))
            .Section("29545-1", "体格检查", visit.Main.Signs)
            .Section("29548-5", "初步诊断", visit.Main.Diagnosis.Name)
            .End(visit, "C0034", visit.Start.AddHours(3), true);
        documents.Begin()
            .Section("42349-1", "入院情况", DocumentCare.Identity(visit) + $"因“{Words.Complaint(town.Dice, visit, stay.Onset)}”于{visit.Start:yyyy年M月d日}入院。{visit.Main.Signs}。")
            .Section("11535-2", "诊断", string.Join(";", visit.Diseases.Select(d => d.Diagnosis.Name)))
            .Section("8648-8", "诊疗经过", stay.Course())
            .Section("18776-5", "出院医嘱", stay.Died ? "" : visit.Main.Advice + "。如有不适请拨打科室电话或来院就诊。")
            .End(visit, stay.Died ? "C0050" : "C0053", stay.End, true);
        for (var day = 1; day < Math.Min(stay.Days, 4); day++)
        {
            documents.Begin()
                .Section("18733-6", "病程记录", $"入院第{day + 1}天,患者{visit.Patient.Name}神志清,精神可,{(day > 1 ? "症状较前缓解" : "诉仍有不适")},查体:{visit.Main.Signs}。继续目前治疗。")
                .End(visit, day == 1 ? "C0037" : "C0038", visit.Start.Date.AddDays(day).AddHours(9), false);
        }
    }
}
